/** 2026-01-01T00:00:00Z, when the block of the vectors was made. */
export const BLOCK_TIME = 1_767_225_600;
/** Ten seconds later its witnesses signed it. */
export const ISSUED = BLOCK_TIME + 10;
export const DAY = 86_400;
/** 30 days. */
export const MAX_AGE = 30 * DAY;
/** When a device looks at it, unless a vector says otherwise. */
export const NOW = BLOCK_TIME + DAY;

export function time(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
}

export function seconds(time: string): number {
  return Date.parse(time) / 1000;
}
