// Quantizers of today, chunk by chunk: GGUF's blocks of 32 weights and int8 with a scale for each channel.
import { f16Code } from './number-formats.mjs';

const BLOCK = 32;

/** @param chunks f32 chunks of whole blocks @returns chunks of Q8_0 blocks: f16 scale, 32 × int8 */
export function* q8_0(chunks) {
  for (const values of chunks) {
    const out = Buffer.alloc((values.length / BLOCK) * 34);
    for (let block = 0; block < values.length / BLOCK; block += 1) q8Block(values, block * BLOCK, out, block * 34);
    yield out;
  }
}

function q8Block(values, from, out, to) {
  let most = 0;
  for (let at = from; at < from + BLOCK; at += 1) most = Math.max(most, Math.abs(values[at]));
  const scale = Math.fround(most / 127);
  const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
  out.writeUInt16LE(f16Code(scale), to);
  for (let at = 0; at < BLOCK; at += 1) out[to + 2 + at] = roundAway(Math.fround(values[from + at] * inverse));
}

/** As C's `roundf`: halves away from zero. */
const roundAway = (value) => (value < 0 ? -Math.floor(0.5 - value) : Math.floor(value + 0.5));

/** @returns chunks of Q4_0 blocks: f16 scale, 16 bytes of which each holds weights i and i + 16 */
export function* q4_0(chunks) {
  for (const values of chunks) {
    const out = Buffer.alloc((values.length / BLOCK) * 18);
    for (let block = 0; block < values.length / BLOCK; block += 1) q4Block(values, block * BLOCK, out, block * 18);
    yield out;
  }
}

function q4Block(values, from, out, to) {
  let most = 0;
  for (let at = from; at < from + BLOCK; at += 1) if (Math.abs(values[at]) > Math.abs(most)) most = values[at];
  const scale = Math.fround(most / -8);
  const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
  const nibble = (at) => Math.min(15, Math.trunc(Math.fround(Math.fround(values[at] * inverse) + 8.5)));
  out.writeUInt16LE(f16Code(scale), to);
  for (let at = 0; at < BLOCK / 2; at += 1) out[to + 2 + at] = nibble(from + at) | (nibble(from + at + 16) << 4);
}

/**
 * Symmetric int8 with a scale for each row.
 * @param values f32 of a whole matrix @returns int8 codes and f32 scales
 */
export function int8Rows(values, [rows, columns]) {
  const codes = new Int8Array(values.length);
  const scales = new Float32Array(rows);
  for (let row = 0; row < rows; row += 1) {
    const from = row * columns;
    let most = 0;
    for (let at = from; at < from + columns; at += 1) most = Math.max(most, Math.abs(values[at]));
    scales[row] = most / 127;
    for (let at = from; at < from + columns; at += 1)
      codes[at] = Math.max(-127, Math.min(127, Math.round(values[at] / scales[row])));
  }
  return { codes, scales };
}
