import { describe, expect, it } from 'vitest';
import { bf16Bits, bf16Value, f16Bits, toBytes } from '../numeric/testing/float-bytes.js';
import { PseudoRandom } from '../numeric/testing/pseudo-random.js';
import type { Operation } from '../operation.js';
import { LORA_BF16, LORA_F16 } from './lora.js';
import type { LoraModel } from './merge-rows.js';
import { planLora } from './plan-lora.js';
import { recoverLora } from './recover-lora.js';
import { mergedBy } from './testing/merged-by.js';

const ROWS = 192;
const COLUMNS = 256;

function pair(bits: (value: number) => number, id: 11 | 12, rank: number, width = 0.03) {
  const random = new PseudoRandom(31);
  const fill = (length: number, std: number): Float32Array =>
    Float32Array.from({ length }, () => std * random.normal());
  const codes = Array.from({ length: ROWS * COLUMNS }, () => bits(0.02 * random.normal()));
  const model: LoraModel = {
    recipe: 0,
    scale: 2,
    rows: ROWS,
    columns: COLUMNS,
    rank,
    left: fill(ROWS * rank, 0.01),
    right: fill(rank * COLUMNS, width),
  };
  return { source: toBytes(codes, 2), target: toBytes(mergedBy(model, codes, id), 2) };
}

/** @returns bytes of resource and payload, after a round trip */
function recovered(
  operation: Operation<LoraModel>,
  id: 11 | 12,
  { source, target }: { source: Uint8Array; target: Uint8Array },
) {
  const factors = recoverLora(id, target, source, [ROWS, COLUMNS])!;
  const plan = planLora(id, [factors], [{ row: 0, target, source }])!;
  const model = operation.readModel!(plan.resource);
  const payload = operation.encode(target, { source, model, first: 0 });
  const out = new Uint8Array(target.length);
  operation.decode(payload, { source, model, first: 0 }, out);
  expect(Buffer.compare(out, target)).toBe(0);
  return { rank: factors.rank, bytes: plan.resource.length + payload.length, share: plan.mismatchShare };
}

describe('recoverLora', () => {
  it.each([1, 4, 8])('finds a change of rank %i without its adapter', (rank) => {
    const found = recovered(LORA_BF16, 11, pair(bf16Bits, 11, rank));
    expect(found.rank).toBe(rank);
    expect(found.share).toBeLessThan(0.12);
    expect(found.bytes).toBeLessThan((rank * (ROWS + COLUMNS) * 16) / 8 + 1000);
  });

  it('finds it in f16', () => {
    expect(recovered(LORA_F16, 12, pair(f16Bits, 12, 4)).rank).toBe(4);
  });

  it('takes a wider sketch for higher ranks', () => {
    expect(recovered(LORA_BF16, 11, pair(bf16Bits, 11, 30)).rank).toBe(30);
  });

  it('writes the same on every machine', () => {
    const { source, target } = pair(bf16Bits, 11, 2);
    const { left } = recoverLora(11, target, source, [ROWS, COLUMNS])!;
    expect(Array.from(left.subarray(0, 3))).toEqual([0.0598941296339035, 0.02078619785606861, -0.038141634315252304]);
  });

  it('finds nothing in noise, in no change, and in shapes that do not fit', () => {
    const random = new PseudoRandom(32);
    const { source } = pair(bf16Bits, 11, 1);
    const noise = Array.from({ length: ROWS * COLUMNS }, (_, i) =>
      bf16Bits(bf16Value(source[2 * i]! | (source[2 * i + 1]! << 8)) + 0.001 * random.normal()),
    );
    expect(recoverLora(11, toBytes(noise, 2), source, [ROWS, COLUMNS])).toBeUndefined();
    expect(recoverLora(11, source, source, [ROWS, COLUMNS])).toBeUndefined();
    expect(recoverLora(11, source, source, [7, COLUMNS])).toBeUndefined();
    expect(recoverLora(11, source, source.subarray(2), [ROWS, COLUMNS])).toBeUndefined();
  });

  it('does not mind numbers that are not finite', () => {
    const { source, target } = pair(bf16Bits, 11, 2);
    for (const [at, code] of [
      [100, 0x7fc1],
      [2000, 0xff80],
      [9000, 0x8000],
    ] as const) {
      target[at] = code & 0xff;
      target[at + 1] = code >>> 8;
      source[at + 40] = code & 0xff;
      source[at + 41] = code >>> 8;
    }
    expect(recovered(LORA_BF16, 11, { source, target }).rank).toBeLessThan(6);
  });
});
