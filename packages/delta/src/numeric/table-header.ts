import { BitDecoder } from './bit-decoder.js';
import { BitEncoder } from './bit-encoder.js';
import { BitModels } from './bit-models.js';
import { malformedPayload } from './malformed-payload.js';
import { MOST_WEIGHT_CODE } from './minifloat.js';
import { NumberModels, unzigzag, zigzag } from './number-models.js';
import { MOST_TABLES } from './rans-tables.js';

/** What a header says: for each table the last context it codes and a weight code for each symbol (delta-v1-numeric §4). */
export interface TableHeader {
  readonly lasts: readonly number[];
  readonly codes: readonly Uint8Array[];
}

const present = new BitModels(8);
const numbers = new NumberModels(8);
const encoder = new BitEncoder();
const decoder = new BitDecoder();
const COUNT = 6;
const LENGTH = 7;

/** Writes `header` for an alphabet of `symbols` and that many `contexts`. @returns the end */
export function writeTableHeader(
  { lasts, codes }: TableHeader,
  contexts: number,
  symbols: number,
  bytes: Uint8Array,
  at: number,
): number {
  present.reset();
  numbers.reset();
  encoder.start(bytes, at);
  numbers.encode(encoder, COUNT, lasts.length - 1);
  for (let i = 0; i < lasts.length - 1; i++) numbers.encode(encoder, LENGTH, lasts[i]! - (lasts[i - 1] ?? -1) - 1);
  if (lasts.at(-1) !== contexts - 1) throw new RangeError('the last table must code the last context');
  for (const [i, own] of codes.entries()) {
    for (let symbol = 0; symbol < symbols; symbol++) writeCode(own, codes[i - 1], symbol);
  }
  return encoder.finish();
}

function writeCode(own: Uint8Array, before: Uint8Array | undefined, symbol: number): void {
  const code = own[symbol]!;
  encoder.encode(present, presentModel(own, before, symbol), code === 0 ? 0 : 1);
  if (code !== 0) numbers.encode(encoder, kindOf(own, before, symbol), zigzag(code - expected(own, before, symbol)));
}

/** @throws WeighbridgeError MALFORMED unless `bytes[at … end)` is such a header, all of it */
export function readTableHeader(
  operation: string,
  contexts: number,
  symbols: number,
  bytes: Uint8Array,
  at: number,
  end: number,
): TableHeader {
  present.reset();
  numbers.reset();
  decoder.start(operation, bytes, at, end);
  const tables = 1 + readNumber(operation, COUNT, MOST_TABLES - 1);
  const lasts: number[] = [];
  for (let last = -1; lasts.length < tables - 1; lasts.push(last)) {
    last += 1 + readNumber(operation, LENGTH, contexts);
    if (last >= contexts - 1) throw malformedPayload(operation, 'tables for more contexts than there are');
  }
  lasts.push(contexts - 1);
  const codes: Uint8Array[] = [];
  for (let i = 0; i < tables; i++) codes.push(readCodes(operation, codes[i - 1], symbols));
  decoder.finish();
  return { lasts, codes };
}

function readCodes(operation: string, before: Uint8Array | undefined, symbols: number): Uint8Array {
  const own = new Uint8Array(symbols);
  for (let symbol = 0; symbol < symbols; symbol++) {
    if (decoder.decode(present, presentModel(own, before, symbol)) === 0) continue;
    const coded = readNumber(operation, kindOf(own, before, symbol), 512);
    const code = expected(own, before, symbol) + unzigzag(coded);
    if (code < 1 || code > MOST_WEIGHT_CODE) throw malformedPayload(operation, 'a weight out of bounds');
    own[symbol] = code;
  }
  return own;
}

function readNumber(operation: string, kind: number, most: number): number {
  const value = numbers.decode(decoder, kind, most);
  if (value < 0) throw malformedPayload(operation, 'a number out of bounds');
  return value;
}

/** The table before, the symbol before, and whether the symbol's number is odd, which tells signs apart. */
function presentModel(own: Uint8Array, before: Uint8Array | undefined, symbol: number): number {
  const inTable = before !== undefined && before[symbol]! > 0 ? 2 : 0;
  const inSymbol = symbol > 0 && own[symbol - 1]! > 0 ? 4 : 0;
  return (symbol & 1) | inTable | inSymbol;
}

function kindOf(own: Uint8Array, before: Uint8Array | undefined, symbol: number): number {
  if (symbol === 0 || own[symbol - 1] === 0) return before !== undefined && before[symbol]! > 0 ? 5 : 4;
  return (symbol & 1) | (slopeKnown(before, symbol) ? 2 : 0);
}

function expected(own: Uint8Array, before: Uint8Array | undefined, symbol: number): number {
  if (symbol === 0 || own[symbol - 1] === 0) return before?.[symbol] || 8;
  const slope = slopeKnown(before, symbol) ? before![symbol]! - before![symbol - 1]! : 0;
  return Math.min(MOST_WEIGHT_CODE, Math.max(1, own[symbol - 1]! + slope));
}

function slopeKnown(before: Uint8Array | undefined, symbol: number): boolean {
  return before !== undefined && before[symbol]! > 0 && before[symbol - 1]! > 0;
}
