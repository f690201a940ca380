import type { Operation } from '../operation.js';
import { decodeElements, encodeElements } from './context-coder.js';
import { leafRoom } from './leaf-room.js';
import { malformedPayload } from './malformed-payload.js';
import { choosePlanes, type Planes, WINDOW } from './plane-choice.js';
import type { SymbolShape } from './symbol-shape.js';
import { readWords16, readWords32, storeWords16, storeWords32 } from './words.js';

const ZERO = WINDOW;
const ESCAPE = WINDOW + 1;
const HEAD_BYTES = 4;
const SIZES = Uint8Array.from({ length: 256 }, (_, symbol) => (symbol < WINDOW ? symbol : 0));

/**
 * Floats without a base: exponent and top mantissa bits by their frequencies, sign and low mantissa bits as they are, mantissa bits that
 * are always zero not at all: delta-v1-numeric §9.
 */
export const PLANES16 = planes(3, 'PLANES16', 2);
export const PLANES32 = planes(4, 'PLANES32', 4);

function planes(id: number, name: string, width: 2 | 4): Operation<undefined> {
  return {
    id,
    name,
    width,
    source: 'none',
    positional: false,
    encode: (target) => encode(name, width, target),
    decode: (payload, _input, out) => decode(name, width, payload, out),
  };
}

function shapeOf(operation: string, width: 2 | 4, { open }: Planes): SymbolShape {
  const widths = new Uint8Array(256).fill(open + 1, 0, WINDOW);
  widths[ESCAPE] = 8 * width;
  return {
    operation,
    width,
    symbols: 256,
    symbolBits: 8,
    contexts: 1,
    contextDetail: 0,
    widths,
    sizes: SIZES,
    escape: ESCAPE,
  };
}

function encode(name: string, width: 2 | 4, target: Uint8Array): Uint8Array {
  const words = width === 2 ? readWords16(target) : readWords32(target);
  const chosen = choosePlanes(words, width);
  split(words, width, chosen);
  const blocks = encodeElements(shapeOf(name, width, chosen), target, undefined);
  const payload = new Uint8Array(HEAD_BYTES + blocks.length);
  payload.set([chosen.zeros, chosen.open, chosen.base, chosen.base >>> 8]);
  payload.set(blocks, HEAD_BYTES);
  return payload;
}

/** Fills the room: the value is the magnitude without its zeros, then the sign. */
function split(words: Uint16Array | Int32Array, width: 2 | 4, { zeros, open, base }: Planes): void {
  const { keys, rests } = leafRoom(words.length);
  const signShift = 8 * width - 1;
  const magnitudes = 0x7fffffff >>> (31 - signShift);
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    const magnitude = (word & magnitudes) >>> zeros;
    const value = (magnitude << 1) | ((word >>> signShift) & 1);
    const place = (magnitude >>> open) - base;
    keys[i] = value === 0 ? ZERO : place >= 0 && place < WINDOW ? place : ESCAPE;
    rests[i] = value;
  }
}

function decode(name: string, width: 2 | 4, payload: Uint8Array, out: Uint8Array): void {
  if (payload.length < HEAD_BYTES) throw malformedPayload(name, 'ends inside of its head');
  const chosen = { zeros: payload[0]!, open: payload[1]!, base: payload[2]! | (payload[3]! << 8) };
  if (chosen.zeros + chosen.open >= 8 * width - 1) throw malformedPayload(name, 'more bits than a float has');
  const shape = shapeOf(name, width, chosen);
  if (width === 2) decode16(shape, chosen, payload.subarray(HEAD_BYTES), out);
  else decode32(shape, chosen, payload.subarray(HEAD_BYTES), out);
}

function decode16(shape: SymbolShape, { zeros, open, base }: Planes, payload: Uint8Array, out: Uint8Array): void {
  const words = readWords16(out);
  // One context: of whatever words no bits count.
  const contexts = { words: leafRoom(words.length).keys, mask: 0, shift: 0 };
  decodeElements(shape, contexts, payload, undefined, out, (first, count) => {
    const { symbols, rests } = leafRoom(first + count);
    for (let i = first; i < first + count; i++) {
      const symbol = symbols[i]!;
      const value = symbol < WINDOW ? ((base + symbol) << (open + 1)) | rests[i]! : rests[i]!;
      words[i] = (((value >>> 1) << zeros) & 0x7fff) | (value << 15);
    }
    storeWords16(words.subarray(first, first + count), out.subarray(2 * first));
  });
}

function decode32(shape: SymbolShape, { zeros, open, base }: Planes, payload: Uint8Array, out: Uint8Array): void {
  const words = readWords32(out);
  // One context: of whatever words no bits count.
  const contexts = { words: leafRoom(words.length).keys, mask: 0, shift: 0 };
  decodeElements(shape, contexts, payload, undefined, out, (first, count) => {
    const { symbols, rests } = leafRoom(first + count);
    for (let i = first; i < first + count; i++) {
      const symbol = symbols[i]!;
      const value = symbol < WINDOW ? ((base + symbol) << (open + 1)) | rests[i]! : rests[i]!;
      words[i] = (((value >>> 1) << zeros) & 0x7fffffff) | (value << 31);
    }
    storeWords32(words.subarray(first, first + count), out.subarray(4 * first));
  });
}
