import { describe, expect, it } from 'vitest';
import { codeAt16, codeAt32, orderOf16, orderOf32 } from './ordered.js';

describe('ordered', () => {
  it('gives each of the 65,536 codes a place of its own and back', () => {
    const places = new Set<number>();
    for (let code = 0; code < 65_536; code++) {
      const order = orderOf16(code);
      places.add(order);
      if (codeAt16(order) !== code) expect.fail(`${code} came back as ${codeAt16(order)}`);
    }
    expect(places.size).toBe(65_536);
  });

  it('puts −0 just below +0, and both between the smallest subnormals', () => {
    expect([0x8001, 0x8000, 0x0000, 0x0001].map(orderOf16)).toEqual([0x7ffe, 0x7fff, 0x8000, 0x8001]);
  });

  it('follows the order of 32-bit floats', () => {
    const floats = Float32Array.of(-Infinity, -2, -1e-45, -0, 0, 1e-45, 1, 3e38, Infinity);
    const orders = [...new Int32Array(floats.buffer)].map((code) => orderOf32(code) >>> 0);
    expect(orders).toEqual([...orders].sort((a, b) => a - b));
    expect(new Set(orders).size).toBe(floats.length);
  });

  it('is undone for 32-bit codes of all kinds', () => {
    for (const code of [0, -1, 1, 0x7fffffff, -0x80000000, 0x7fc00001, -0x3fffff, 12_345]) {
      expect(codeAt32(orderOf32(code))).toBe(code);
    }
  });
});
