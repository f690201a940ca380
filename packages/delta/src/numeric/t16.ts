import type { LeafInput, Operation } from '../operation.js';
import { decodeElements, encodeElements } from './context-coder.js';
import { CHANGE_SYMBOLS, CHANGE_TOPS, FLOAT_CHANGES } from './float-changes.js';
import { keyCounts, leafRoom } from './leaf-room.js';
import { setTables } from './static-coder.js';
import type { SymbolShape } from './symbol-shape.js';
import { trainTables } from './trained-tables.js';
import { readTableHeader, type TableHeader } from './table-header.js';
import { readWords16, storeWords16 } from './words.js';

const SYMBOL_BITS = 7;

interface T16Shape extends SymbolShape {
  readonly id: number;
  /** A context is the base's magnitude without this many low bits. */
  readonly magnitudeShift: number;
}

const SHARED = { width: 2, symbolBits: SYMBOL_BITS, ...FLOAT_CHANGES } as const;
const BF16: T16Shape = { ...SHARED, id: 5, operation: 'T16 bf16', magnitudeShift: 6, contexts: 512, contextDetail: 1 };
const F16: T16Shape = { ...SHARED, id: 6, operation: 'T16 f16', magnitudeShift: 7, contexts: 256, contextDetail: 3 };

/** T16 of bf16: changes of magnitude and sign in the context of the base's magnitude: delta-v1-numeric §8. */
export const T16_BF16 = t16(BF16);
/** T16 of f16. */
export const T16_F16 = t16(F16);

/**
 * A resource of one of the two: tables that many leaves share.
 * @param pairs leaves that stand for all that will use it @returns undefined where nothing differs, or where there is one leaf alone
 */
export function trainT16(
  id: 5 | 6,
  pairs: Iterable<{ target: Uint8Array; source: Uint8Array }>,
): Uint8Array | undefined {
  const shape = id === BF16.id ? BF16 : F16;
  return trainTables(shape, compareEach(shape, pairs));
}

function* compareEach(shape: T16Shape, pairs: Iterable<{ target: Uint8Array; source: Uint8Array }>): Generator<number> {
  for (const { target, source } of pairs) {
    compare(shape, readWords16(target), readWords16(source));
    yield target.length >>> 1;
  }
}

function t16(shape: T16Shape): Operation<TableHeader> {
  const { id, operation: name } = shape;
  return {
    id,
    name,
    width: 2,
    source: 'aligned',
    positional: false,
    readModel(resource) {
      const header = readTableHeader(name, shape.contexts, shape.symbols, resource, 0, resource.length);
      setTables(shape, header);
      return header;
    },
    encode(target, { source, model }) {
      compare(shape, readWords16(target), readWords16(source));
      return encodeElements(shape, target, model, true);
    },
    decode: (payload, input, out) => decode(shape, payload, input, out),
  };
}

/** Fills the room, and `keyCounts` by the way. */
function compare({ magnitudeShift }: T16Shape, target: Uint16Array, source: Uint16Array): void {
  const count = target.length;
  const { keys, rests } = leafRoom(count);
  keyCounts.fill(0);
  for (let i = 0; i < count; i++) {
    const base = source[i]!;
    const code = target[i]!;
    const change = ((code - base) & 0x7fff) | ((code ^ base) & 0x8000);
    const key = (((base & 0x7fff) >>> magnitudeShift) << SYMBOL_BITS) | CHANGE_SYMBOLS[change]!;
    keys[i] = key;
    keyCounts[key]!++;
    rests[i] = change;
  }
}

function decode(
  shape: T16Shape,
  payload: Uint8Array,
  { source, model }: LeafInput<TableHeader>,
  out: Uint8Array,
): void {
  const base = readWords16(source);
  const words = readWords16(out);
  const contexts = { words: base, mask: 0x7fff, shift: shape.magnitudeShift };
  decodeElements(shape, contexts, payload, model, out, (first, count) => {
    restore(base, words, first, count);
    storeWords16(words.subarray(first, first + count), out.subarray(2 * first));
  });
}

function restore(source: Uint16Array, out: Uint16Array, first: number, count: number): void {
  const { symbols, rests } = leafRoom(first + count);
  for (let i = first; i < first + count; i++) {
    const change = CHANGE_TOPS[symbols[i]!]! | rests[i]!;
    const base = source[i]!;
    out[i] = ((base + change) & 0x7fff) | ((base ^ change) & 0x8000);
  }
}
