import type { LeafInput, Operation } from '../operation.js';
import { decodeElements, encodeElements } from './context-coder.js';
import { leafRoom } from './leaf-room.js';
import type { SymbolShape } from './symbol-shape.js';

const SHAPE: SymbolShape = {
  operation: 'T8',
  width: 1,
  symbols: 256,
  symbolBits: 8,
  contexts: 256,
  contextDetail: 4,
  widths: new Uint8Array(256),
  sizes: Uint8Array.from({ length: 256 }, (_, symbol) => sizeOf((symbol + 1) >>> 1)),
  escape: -1,
};

/** Halved octaves of a magnitude. */
function sizeOf(magnitude: number): number {
  if (magnitude < 2) return magnitude;
  const length = 31 - Math.clz32(magnitude);
  return 2 * length + ((magnitude >>> (length - 1)) & 1);
}

/** The difference of 8-bit numbers in the context of the base: delta-v1-numeric §11. */
export const T8: Operation<undefined> = {
  id: 8,
  name: 'T8',
  width: 1,
  source: 'aligned',
  positional: false,
  encode(target, { source }) {
    const { keys } = leafRoom(target.length);
    for (let i = 0; i < target.length; i++) {
      const base = source[i]!;
      const d = ((target[i]! - base) << 24) >> 24;
      keys[i] = ((base ^ 0x80) << 8) | (((d << 1) ^ (d >> 7)) & 255);
    }
    return encodeElements(SHAPE, target, undefined);
  },
  decode(payload, { source }: LeafInput<undefined>, out) {
    const { keys } = leafRoom(out.length);
    for (let i = 0; i < out.length; i++) keys[i] = source[i]! ^ 0x80;
    decodeElements(SHAPE, { words: keys, mask: 0xffff, shift: 0 }, payload, undefined, out, (first, count) => {
      const { symbols } = leafRoom(first + count);
      for (let i = first; i < first + count; i++) {
        const symbol = symbols[i]!;
        out[i] = source[i]! + ((symbol >>> 1) ^ -(symbol & 1));
      }
    });
  },
};
