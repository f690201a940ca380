import { malformedPayload } from './malformed-payload.js';

/** One block of a payload: delta-v1-numeric §7. */
export interface Block {
  readonly coder: number;
  /** Elements. */
  readonly count: number;
  /** The body is `payload[from … to)`. */
  readonly from: number;
  readonly to: number;
}

export const BLOCK_HEAD_BYTES = 7;
/** Elements of every block but the last at least: each may bring a MiB of tables, which bounds the work that a payload can ask for. */
const LEAST_COUNT = 4096;

/** Writes the head of a block whose body lies at `at + BLOCK_HEAD_BYTES` and ends at `end`. */
export function writeBlockHead(bytes: Uint8Array, at: number, coder: number, count: number, end: number): void {
  bytes[at] = coder;
  write24(bytes, at + 1, count);
  write24(bytes, at + 4, end - at - BLOCK_HEAD_BYTES);
}

/** @throws WeighbridgeError MALFORMED unless the payload is blocks of `total` elements altogether */
export function readBlocks(operation: string, payload: Uint8Array, total: number): Block[] {
  const blocks: Block[] = [];
  let left = total;
  for (let at = 0; at < payload.length; at = blocks.at(-1)!.to) {
    if (payload.length - at < BLOCK_HEAD_BYTES) throw malformedPayload(operation, 'ends inside of the head of a block');
    const count = read24(payload, at + 1);
    const from = at + BLOCK_HEAD_BYTES;
    const to = from + read24(payload, at + 4);
    if (count === 0 || count > left || to > payload.length || (count < LEAST_COUNT && count < left))
      throw malformedPayload(operation, 'a block out of bounds');
    blocks.push({ coder: payload[at]!, count, from, to });
    left -= count;
  }
  if (left > 0) throw malformedPayload(operation, 'blocks of fewer elements than its output');
  return blocks;
}

export function write24(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
  bytes[at + 2] = value >>> 16;
}

export function read24(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16);
}
