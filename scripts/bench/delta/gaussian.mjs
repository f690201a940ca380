// Gaussian numbers that anybody can make again: sfc32 seeded by a text, Marsaglia's polar method.
import { createHash } from 'node:crypto';

const SCALE = 2 / 4_294_967_296;

/**
 * @param {string} seed
 * @returns {(out: Float32Array, std: number, mean?: number) => Float32Array} fills `out` with what comes next
 */
export function createGaussian(seed) {
  const state = new Int32Array(createHash('sha256').update(seed).digest().buffer.slice(0, 16));
  return (out, std, mean = 0) => {
    let [a, b, c, counter] = state;
    for (let at = 0; at < out.length; ) {
      let sum = (a + b) | 0;
      counter = (counter + 1) | 0;
      let word = (sum + counter) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (((c << 21) | (c >>> 11)) + word) | 0;
      const x = word * SCALE;
      sum = (a + b) | 0;
      counter = (counter + 1) | 0;
      word = (sum + counter) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (((c << 21) | (c >>> 11)) + word) | 0;
      const y = word * SCALE;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const factor = std * Math.sqrt((-2 * Math.log(square)) / square);
      out[at++] = x * factor + mean;
      if (at < out.length) out[at++] = y * factor + mean;
    }
    state[0] = a;
    state[1] = b;
    state[2] = c;
    state[3] = counter;
    return out;
  };
}
