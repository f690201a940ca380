import type { ContextWords } from './context-words.js';
import { malformedPayload } from './malformed-payload.js';
import { GUESS_BITS, type RansTables, SCALE_BITS } from './rans-tables.js';

/** States are kept from here up to 256 times as much: 31 bits, so that V8 never leaves small integers. */
const LOWEST = 0x800000;
const MASK = (1 << SCALE_BITS) - 1;
const GUESSES_BITS = SCALE_BITS - GUESS_BITS;

/**
 * Codes `keys[first … first + count)`: delta-v1-numeric §5.
 * @param entries for each key its symbol's entry in the table that codes it (`RansTables`), never 0
 * @param bytes written from its end backwards @returns where the stream begins in `bytes`
 */
export function encodeRans(
  keys: Uint16Array,
  first: number,
  count: number,
  entries: Int32Array,
  bytes: Uint8Array,
): number {
  let at = bytes.length;
  let a = LOWEST;
  let b = LOWEST;
  let i = first + count - 1;
  if ((count & 1) === 1) {
    const entry = entries[keys[i--]!]!;
    const frequency = entry & 0x7fff;
    for (; a >>> 17 >= frequency; a >>>= 8) bytes[--at] = a;
    const whole = (a / frequency) | 0;
    a = (whole << SCALE_BITS) + (a - Math.imul(whole, frequency)) + (entry >>> 15);
  }
  for (; i > first; i -= 2) {
    const odd = entries[keys[i]!]!;
    const oddFrequency = odd & 0x7fff;
    for (; b >>> 17 >= oddFrequency; b >>>= 8) bytes[--at] = b;
    const oddWhole = (b / oddFrequency) | 0;
    b = (oddWhole << SCALE_BITS) + (b - Math.imul(oddWhole, oddFrequency)) + (odd >>> 15);
    const even = entries[keys[i - 1]!]!;
    const evenFrequency = even & 0x7fff;
    for (; a >>> 17 >= evenFrequency; a >>>= 8) bytes[--at] = a;
    const evenWhole = (a / evenFrequency) | 0;
    a = (evenWhole << SCALE_BITS) + (a - Math.imul(evenWhole, evenFrequency)) + (even >>> 15);
  }
  return writeState(bytes, writeState(bytes, at, b), a);
}

function writeState(bytes: Uint8Array, end: number, state: number): number {
  bytes[end - 1] = state >>> 24;
  bytes[end - 2] = state >>> 16;
  bytes[end - 3] = state >>> 8;
  bytes[end - 4] = state;
  return end - 4;
}

/** Where decoded symbols come from and go to. */
interface RansSymbols {
  readonly contexts: ContextWords;
  /** Number of the table that codes a context. */
  readonly tableOf: Uint8Array;
  readonly symbols: Uint8Array;
  readonly first: number;
  readonly count: number;
}

/**
 * Fills `symbols[first … first + count)` from `bytes[at … end)`, all of it.
 * @throws WeighbridgeError MALFORMED when the stream is too short or too long, or does not end in the states that encoders begin with
 */
export function decodeRans(
  operation: string,
  bytes: Uint8Array,
  at: number,
  end: number,
  { entries, guesses }: RansTables,
  { contexts: { words, mask, shift }, tableOf, symbols, first, count }: RansSymbols,
): void {
  if (end - at < 8) throw malformedPayload(operation, 'no room for the states of its symbols');
  let a = readState(operation, bytes, at);
  let b = readState(operation, bytes, at + 4);
  let from = at + 8;
  let i = first;
  for (const pairsEnd = first + (count & ~1); i < pairsEnd; i += 2) {
    const evenTable = tableOf[(words[i]! & mask) >>> shift]!;
    const evenSlot = a & MASK;
    let evenPlace = (evenTable << 8) | guesses[(evenTable << GUESSES_BITS) | (evenSlot >>> GUESS_BITS)]!;
    let even = entries[evenPlace]!;
    let evenOffset = evenSlot - (even >>> 15);
    while (evenOffset >= (even & 0x7fff)) {
      even = entries[++evenPlace]!;
      evenOffset = evenSlot - (even >>> 15);
    }
    symbols[i] = evenPlace;
    a = Math.imul(even & 0x7fff, a >>> SCALE_BITS) + evenOffset;
    const oddTable = tableOf[(words[i + 1]! & mask) >>> shift]!;
    const oddSlot = b & MASK;
    let oddPlace = (oddTable << 8) | guesses[(oddTable << GUESSES_BITS) | (oddSlot >>> GUESS_BITS)]!;
    let odd = entries[oddPlace]!;
    let oddOffset = oddSlot - (odd >>> 15);
    while (oddOffset >= (odd & 0x7fff)) {
      odd = entries[++oddPlace]!;
      oddOffset = oddSlot - (odd >>> 15);
    }
    symbols[i + 1] = oddPlace;
    b = Math.imul(odd & 0x7fff, b >>> SCALE_BITS) + oddOffset;
    for (; a < LOWEST; a = (a << 8) | bytes[from++]!) if (from >= end) throw malformedPayload(operation, 'ends early');
    for (; b < LOWEST; b = (b << 8) | bytes[from++]!) if (from >= end) throw malformedPayload(operation, 'ends early');
  }
  if ((count & 1) === 1) {
    const table = tableOf[(words[i]! & mask) >>> shift]!;
    const slot = a & MASK;
    let place = (table << 8) | guesses[(table << GUESSES_BITS) | (slot >>> GUESS_BITS)]!;
    while (slot - (entries[place]! >>> 15) >= (entries[place]! & 0x7fff)) place++;
    symbols[i] = place;
    a = Math.imul(entries[place]! & 0x7fff, a >>> SCALE_BITS) + slot - (entries[place]! >>> 15);
    for (; a < LOWEST; a = (a << 8) | bytes[from++]!) if (from >= end) throw malformedPayload(operation, 'ends early');
  }
  if (a !== LOWEST || b !== LOWEST || from !== end) throw malformedPayload(operation, 'does not end as it must');
}

function readState(operation: string, bytes: Uint8Array, at: number): number {
  const state = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
  if (state < LOWEST) throw malformedPayload(operation, 'a state out of bounds');
  return state;
}
