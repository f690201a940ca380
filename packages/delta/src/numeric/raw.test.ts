import { describe, expect, it } from 'vitest';
import { RAW } from './raw.js';

const INPUT = { source: new Uint8Array(0), model: undefined, first: 0 };

describe('RAW', () => {
  it('writes the bytes as they are', () => {
    const target = Uint8Array.of(1, 2, 255);
    const out = new Uint8Array(3);
    RAW.decode(RAW.encode(target, INPUT), INPUT, out);
    expect(out).toEqual(target);
  });

  it('refuses a payload of another length', () => {
    for (const length of [2, 4]) {
      expect(() => RAW.decode(new Uint8Array(length), INPUT, new Uint8Array(3))).toThrow(
        expect.objectContaining({ code: 'MALFORMED' }),
      );
    }
  });
});
