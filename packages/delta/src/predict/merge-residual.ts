import type { BitDecoder } from '../numeric/bit-decoder.js';
import type { BitEncoder } from '../numeric/bit-encoder.js';
import { BitModels } from '../numeric/bit-models.js';
import { malformedPayload } from '../numeric/malformed-payload.js';
import { NumberModels, unzigzag, zigzag } from '../numeric/number-models.js';
import { codeAt16, codeAt32, orderOf16, orderOf32 } from '../numeric/ordered.js';
import { CONTEXTS, type MergedPart } from './merged-part.js';

const OTHER = CONTEXTS;
const FAR = 2 * CONTEXTS;
/** Ordered differences of at most this size are coded as such. */
const MOST_NEAR = 8_388_607;

/** Tells what became of elements whose codes a merge predicts: delta-v1-predict §8.4. */
export class MergeResidual {
  private readonly models = new BitModels(2 * CONTEXTS + 1);
  private readonly numbers = new NumberModels(1);

  /** @param width bits of a code */
  constructor(private readonly width: 16 | 32) {}

  reset(): this {
    this.models.reset();
    this.numbers.reset();
    return this;
  }

  encode(coder: BitEncoder, part: MergedPart, index: number, code: number): void {
    const context = part.contexts[index]!;
    const isAsMerged = code === part.codes[index]!;
    coder.encode(this.models, context, isAsMerged ? 0 : 1);
    if (isAsMerged) return;
    const isOther = code === part.others[index]!;
    coder.encode(this.models, OTHER + context, isOther ? 0 : 1);
    if (isOther) return;
    const difference = this.orderOf(code) - this.orderOf(part.codes[index]!);
    const isFar = Math.abs(difference) > MOST_NEAR;
    coder.encode(this.models, FAR, isFar ? 1 : 0);
    if (isFar) this.encodePlain(coder, code);
    else this.numbers.encode(coder, 0, zigzag(difference));
  }

  /** @returns the code, unsigned */
  decode(operation: string, coder: BitDecoder, part: MergedPart, index: number): number {
    const context = part.contexts[index]!;
    if (coder.decode(this.models, context) === 0) return part.codes[index]!;
    if (coder.decode(this.models, OTHER + context) === 0) return part.others[index]!;
    if (coder.decode(this.models, FAR) === 1) return this.decodePlain(coder);
    const step = this.numbers.decode(coder, 0, 2 * MOST_NEAR);
    const order = this.orderOf(part.codes[index]!) + unzigzag(step);
    if (step < 0 || !this.isOrder(order)) throw malformedPayload(operation, 'a difference that leads beyond all codes');
    return this.width === 16 ? codeAt16(order) : codeAt32(order | 0) >>> 0;
  }

  private orderOf(code: number): number {
    return this.width === 16 ? orderOf16(code) : orderOf32(code | 0) >>> 0;
  }

  private isOrder(order: number): boolean {
    return order >= 0 && order <= (this.width === 16 ? 0xffff : 0xffffffff);
  }

  private encodePlain(coder: BitEncoder, code: number): void {
    if (this.width === 32) coder.encodePlain(code >>> 16, 16);
    coder.encodePlain(code & 0xffff, 16);
  }

  private decodePlain(coder: BitDecoder): number {
    const top = this.width === 32 ? coder.decodePlain(16) * 65_536 : 0;
    return top + coder.decodePlain(16);
  }
}
