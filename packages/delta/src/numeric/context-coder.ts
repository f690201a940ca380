import { decodeAdaptively, encodeAdaptively, encodeSymbols } from './adaptive-coder.js';
import type { ContextWords } from './context-words.js';
import { countKeys } from './count-keys.js';
import { keyCounts, leafRoom } from './leaf-room.js';
import { malformedPayload } from './malformed-payload.js';
import { BLOCK_HEAD_BYTES, type Block, readBlocks, writeBlockHead } from './payload-blocks.js';
import { chooseStretches } from './stretches.js';
import { bitsByTables, bitsOfElements, decodeByTables, encodeByTables, planTables } from './static-coder.js';
import { CODER, type SymbolShape } from './symbol-shape.js';
import { readTableHeader, type TableHeader, writeTableHeader } from './table-header.js';
import { unevenness } from './unevenness.js';

/** Elements that the adaptive coder is tried on. */
const PROBE = 16_384;
/** Where estimates of headers are too rough, both are written and the smaller one is kept. */
const SMALL = 4096;
/** Longer blocks are tried only where they are at least this uneven: below, there is next to nothing to win. */
const LEAST_UNEVENNESS = 3;
/** What the adaptive coder must save, for it takes four times as long. */
const WORTH = 0.985;

/**
 * Codes the elements that the operation has put into the room (keys and rests).
 * @param target the bytes of these elements, for what no coder makes smaller
 * @param counted whether `keyCounts` holds the counts of all these keys already @returns the payload
 */
export function encodeElements(
  shape: SymbolShape,
  target: Uint8Array,
  model: TableHeader | undefined,
  counted = false,
): Uint8Array {
  const count = target.length / shape.width;
  if (count === 0) return new Uint8Array(0);
  let first = 0;
  let at = 0;
  for (const length of chooseStretches(shape, count)) {
    if (!counted || length < count) countKeys(shape, first, length);
    at = encodeBlock(shape, target, first, length, model, at);
    first += length;
  }
  return leafRoom(count).bytes.slice(0, at);
}

function encodeBlock(
  shape: SymbolShape,
  target: Uint8Array,
  first: number,
  count: number,
  model: TableHeader | undefined,
  at: number,
): number {
  const body = at + BLOCK_HEAD_BYTES;
  const [coder, end] = smallestBody(shape, first, count, model, body);
  const plain = end - body >= count * shape.width;
  const blockEnd = plain ? plainBody(shape, target, first, count, body) : end;
  writeBlockHead(leafRoom(first + count).bytes, at, plain ? CODER.plain : coder, count, blockEnd);
  return blockEnd;
}

/** @returns the coder and the end of what it wrote; an end out of reach when coding is of no use */
function smallestBody(
  shape: SymbolShape,
  first: number,
  count: number,
  model: TableHeader | undefined,
  body: number,
): [coder: number, end: number] {
  const openBits = openBitsOf(shape);
  if (openBits < 0) return [CODER.zero, body];
  const trained = model === undefined ? Number.POSITIVE_INFINITY : bitsByTables(shape, model);
  const { header, bits } = planTables(shape);
  if (Math.min(bits, trained) + openBits >= 8 * shape.width * count) return [CODER.plain, Number.POSITIVE_INFINITY];
  const tables = trained <= bits ? model! : header;
  if (adapting(shape, first, count, tables, Math.min(bits, trained)))
    return [CODER.adaptive, encodeAdaptively(shape, first, count, body)];
  const adaptive = count > SMALL ? Number.POSITIVE_INFINITY : encodeAdaptively(shape, first, count, body);
  const end =
    trained <= bits ? encodeByTables(shape, tables, first, count, body) : ownBody(shape, tables, first, count, body);
  if (adaptive < end) return [CODER.adaptive, encodeAdaptively(shape, first, count, body)];
  return [trained <= bits ? CODER.trained : CODER.own, end];
}

/** Whether the adaptive coder is worth its time against tables that take `bits`. */
function adapting(shape: SymbolShape, first: number, count: number, header: TableHeader, bits: number): boolean {
  if (count <= 2 * PROBE) return adaptiveBits(shape, first, count) < WORTH * bits;
  if (unevenness(shape, first, count) < LEAST_UNEVENNESS) return false;
  const learned = adaptiveBits(shape, first, 2 * PROBE) - adaptiveBits(shape, first, PROBE);
  return learned < WORTH * bitsOfElements(shape, header, first + PROBE, PROBE);
}

function adaptiveBits(shape: SymbolShape, first: number, count: number): number {
  // At the end of the room for bytes, where nothing is yet.
  const at = leafRoom(first + count).bytes.length - 4 * count - 64;
  return 8 * (encodeSymbols(shape, first, count, at) - at);
}

/** @returns bits that the counted symbols leave open; −1 when all are symbol 0, which leaves none */
function openBitsOf({ contexts, symbolBits, symbols, widths }: SymbolShape): number {
  let bits = 0;
  let others = widths[0]!;
  for (let context = 0; context < contexts; context++) {
    for (let symbol = 1; symbol < symbols; symbol++) {
      const count = keyCounts[(context << symbolBits) | symbol]!;
      others += count;
      bits += count * widths[symbol]!;
    }
  }
  return others === 0 ? -1 : bits;
}

function plainBody(shape: SymbolShape, target: Uint8Array, first: number, count: number, at: number): number {
  const part = target.subarray(first * shape.width, (first + count) * shape.width);
  leafRoom(first + count).bytes.set(part, at);
  return at + part.length;
}

function ownBody(shape: SymbolShape, header: TableHeader, first: number, count: number, at: number): number {
  const { bytes } = leafRoom(first + count);
  const middle = writeTableHeader(header, shape.contexts, shape.symbols, bytes, at + 2);
  bytes[at] = middle - at - 2;
  bytes[at + 1] = (middle - at - 2) >>> 8;
  return encodeByTables(shape, header, first, count, middle);
}

/**
 * Reads a payload. Plain blocks go to `out`; of all others the room's symbols and rests are filled and `restore` is called with the first element and their count.
 * @throws WeighbridgeError MALFORMED
 */
export function decodeElements(
  shape: SymbolShape,
  contexts: ContextWords,
  payload: Uint8Array,
  model: TableHeader | undefined,
  out: Uint8Array,
  restore: (first: number, count: number) => void,
): void {
  let first = 0;
  for (const block of readBlocks(shape.operation, payload, out.length / shape.width)) {
    if (block.coder === CODER.plain) readPlain(shape, payload, block, first, out);
    else {
      readSymbols(shape, contexts, payload, block, first, model);
      restore(first, block.count);
    }
    first += block.count;
  }
}

function readPlain(
  shape: SymbolShape,
  payload: Uint8Array,
  { from, to, count }: Block,
  first: number,
  out: Uint8Array,
): void {
  if (to - from !== count * shape.width) throw malformedPayload(shape.operation, 'a plain block of another length');
  out.set(payload.subarray(from, to), first * shape.width);
}

function readSymbols(
  shape: SymbolShape,
  contexts: ContextWords,
  payload: Uint8Array,
  { coder, from, to, count }: Block,
  first: number,
  model: TableHeader | undefined,
): void {
  if (coder === CODER.zero) {
    if (to !== from || shape.widths[0] !== 0) throw malformedPayload(shape.operation, 'a block of zeros with a body');
    const { symbols, rests } = leafRoom(first + count);
    symbols.fill(0, first, first + count);
    rests.fill(0, first, first + count);
  } else if (coder === CODER.own) {
    const middle = to - from < 2 ? Number.POSITIVE_INFINITY : from + 2 + (payload[from]! | (payload[from + 1]! << 8));
    if (middle > to) throw malformedPayload(shape.operation, 'tables out of bounds');
    const header = readTableHeader(shape.operation, shape.contexts, shape.symbols, payload, from + 2, middle);
    decodeByTables(shape, contexts, header, first, count, payload, middle, to);
  } else if (coder === CODER.adaptive) {
    decodeAdaptively(shape, contexts, first, count, payload, from, to);
  } else if (coder === CODER.trained && model !== undefined) {
    decodeByTables(shape, contexts, model, first, count, payload, from, to);
  } else throw malformedPayload(shape.operation, 'a block of no known coder');
}
