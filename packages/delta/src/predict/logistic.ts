/** Squash at multiples of 128, from −2048 on: delta-v1-predict §4.1. */
const KNOTS = [
  1, 2, 3, 6, 10, 16, 27, 45, 73, 120, 194, 310, 488, 747, 1101, 1546, 2047, 2549, 2994, 3348, 3607, 3785, 3901, 3975,
  4022, 4050, 4068, 4079, 4085, 4089, 4092, 4093, 4094,
] as const;

export const MOST_STRETCH = 2047;

/** `SQUASH[x + 2047]` is the chance in 4096ths, 1 to 4095, of a stretched chance x of −2047 to 2047. */
export const SQUASH = Int16Array.from({ length: 2 * MOST_STRETCH + 1 }, (_, i) => squash(i - MOST_STRETCH));

/** `STRETCH[chance]`: the least x whose squash is not below the chance, for chances of 0 to 4095. */
export const STRETCH = stretches();

function squash(x: number): number {
  const part = x & 127;
  const knot = (x >> 7) + 16;
  return (KNOTS[knot]! * (128 - part) + KNOTS[knot + 1]! * part + 64) >> 7;
}

function stretches(): Int16Array {
  const table = new Int16Array(4096).fill(MOST_STRETCH);
  let chance = 0;
  for (let x = -MOST_STRETCH; x <= MOST_STRETCH; x++) while (chance <= squash(x)) table[chance++] = x;
  return table;
}
