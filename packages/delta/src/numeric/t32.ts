import type { LeafInput, Operation } from '../operation.js';
import { decodeElements, encodeElements } from './context-coder.js';
import { DIFFERENCES, symbolOf } from './difference-symbols.js';
import { leafRoom } from './leaf-room.js';
import { malformedPayload } from './malformed-payload.js';
import type { SymbolShape } from './symbol-shape.js';
import { readWords32, storeWords32 } from './words.js';

const SYMBOL_BITS = 7;
/** Sign aside, a context is the base's exponent and top mantissa bit. */
const CONTEXT_SHIFT = 22;
const { tops } = DIFFERENCES;
const SHAPE: SymbolShape = {
  operation: 'T32',
  width: 4,
  symbolBits: SYMBOL_BITS,
  contexts: 512,
  contextDetail: 1,
  ...DIFFERENCES,
};

/** The ordered difference of 32-bit floats in the context of the base's exponent: delta-v1-numeric §10. */
export const T32: Operation<undefined> = {
  id: 7,
  name: 'T32',
  width: 4,
  source: 'aligned',
  positional: false,
  encode(target, { source }) {
    const words = readWords32(target);
    const zeros = lowZeros(words);
    compare(words, readWords32(source), zeros);
    const blocks = encodeElements(SHAPE, target, undefined);
    const payload = new Uint8Array(1 + blocks.length);
    payload[0] = zeros;
    payload.set(blocks, 1);
    return payload;
  },
  decode,
};

/** Low bits that are zero in every word, at most 31: floats that hold bf16 or f16. */
function lowZeros(words: Int32Array): number {
  let all = -0x80000000;
  for (let i = 0; i < words.length; i++) all |= words[i]!;
  return 31 - Math.clz32(all & -all);
}

/** Fills the room. A difference counts as positive when it leads away from zero. */
function compare(target: Int32Array, source: Int32Array, zeros: number): void {
  const { keys, rests } = leafRoom(target.length);
  for (let i = 0; i < target.length; i++) {
    const base = source[i]!;
    const code = target[i]!;
    const sign = base >> 31;
    const from = (base ^ (sign & 0x7fffffff)) >> zeros;
    const d = ((code ^ ((code >> 31) & 0x7fffffff)) >> zeros) - from;
    const outward = ((d ^ sign) - sign) | 0;
    keys[i] = (((base & 0x7fffffff) >>> CONTEXT_SHIFT) << SYMBOL_BITS) | symbolOf(outward);
    rests[i] = outward;
  }
}

function decode(payload: Uint8Array, { source }: LeafInput<undefined>, out: Uint8Array): void {
  const zeros = payload[0];
  if (zeros === undefined || zeros > 31) throw malformedPayload('T32', 'no number of low zeros');
  const base = readWords32(source);
  const words = readWords32(out);
  const { keys } = leafRoom(words.length);
  for (let i = 0; i < words.length; i++) keys[i] = (base[i]! & 0x7fffffff) >>> CONTEXT_SHIFT;
  decodeElements(
    SHAPE,
    { words: keys, mask: 0xffff, shift: 0 },
    payload.subarray(1),
    undefined,
    out,
    (first, count) => {
      restore(base, words, zeros, first, count);
      storeWords32(words.subarray(first, first + count), out.subarray(4 * first));
    },
  );
}

function restore(source: Int32Array, out: Int32Array, zeros: number, first: number, count: number): void {
  const { symbols, rests } = leafRoom(first + count);
  for (let i = first; i < first + count; i++) {
    const outward = tops[symbols[i]!]! | rests[i]!;
    const base = source[i]!;
    const sign = base >> 31;
    const sum = ((base ^ (sign & 0x7fffffff)) >> zeros) + ((outward ^ sign) - sign);
    const order = (sum << zeros) >> zeros;
    out[i] = (order ^ ((order >> 31) & (0x7fffffff >> zeros))) << zeros;
  }
}
