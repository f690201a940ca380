/** Largest code of a weight: 15 · 2^12. */
export const MOST_WEIGHT_CODE = 111;

/** @returns the weight that a code of 0 to 111 stands for: 4 significant bits (delta-v1-numeric §4.2) */
export function weightOf(code: number): number {
  return code < 8 ? code : (8 + (code & 7)) << ((code >>> 3) - 1);
}

/** @param weight 1 to 16,384, whole or not @returns the code whose weight is nearest, at least 1 */
export function codeOfWeight(weight: number): number {
  let low = 1;
  let high = MOST_WEIGHT_CODE;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (weightOf(middle) < weight) low = middle + 1;
    else high = middle;
  }
  return low > 1 && weight - weightOf(low - 1) < weightOf(low) - weight ? low - 1 : low;
}
