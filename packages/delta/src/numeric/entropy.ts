import { orderOf16 } from './ordered.js';
import { readWords16 } from './words.js';

const BLOCK = 262_144;

/**
 * The yardstick for coders of 16-bit differences: order-0 entropy of the ordered difference given the exponent of the base, counted
 * anew for each 256 Ki weights. For benches: it uses Math.log2.
 * @param mantissaBits 7 for bf16, 10 for f16 @returns bytes
 */
export function differenceEntropy(target: Uint8Array, source: Uint8Array, mantissaBits: 7 | 10): number {
  const to = readWords16(target);
  const from = readWords16(source);
  let bits = 0;
  for (let at = 0; at < to.length; at += BLOCK) {
    bits += blockBits(to.subarray(at, at + BLOCK), from.subarray(at, at + BLOCK), mantissaBits);
  }
  return bits / 8;
}

function blockBits(to: Uint16Array, from: Uint16Array, mantissaBits: number): number {
  const pairs = new Map<number, number>();
  const bases = new Map<number, number>();
  for (let i = 0; i < to.length; i++) {
    const exponent = (from[i]! & 0x7fff) >>> mantissaBits;
    const pair = exponent * 131_072 + orderOf16(to[i]!) - orderOf16(from[i]!) + 65_536;
    pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
    bases.set(exponent, (bases.get(exponent) ?? 0) + 1);
  }
  let bits = 0;
  for (const [pair, count] of pairs) bits += count * Math.log2(bases.get(Math.floor(pair / 131_072))! / count);
  return bits;
}
