import { usage } from './usage.js';

const UNIT_BYTES: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  KB: 1000,
  MB: 1000 ** 2,
  GB: 1000 ** 3,
  KIB: 1024,
  MIB: 1024 ** 2,
  GIB: 1024 ** 3,
};
const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/**
 * Seconds of a whole number with `s`, `m`, `h` or `d`, as in `7d`.
 * @throws USAGE naming the flag
 */
export function parseDuration(text: string, flag: string, most = Number.MAX_SAFE_INTEGER): number {
  const [, digits, unit] = /^(\d{1,12})([smhd])$/.exec(text) ?? [];
  const seconds = Number(digits) * (UNIT_SECONDS[unit ?? ''] ?? Number.NaN);
  if (Number.isSafeInteger(seconds) && seconds <= most) return seconds;
  const limit = most === Number.MAX_SAFE_INTEGER ? '' : ` up to ${most} seconds`;
  throw usage(
    `${flag} ${JSON.stringify(text)} is no duration${limit}`,
    `write a whole number with s, m, h or d, for example ${flag} 30s or ${flag} 7d`,
  );
}

/** @throws USAGE naming the flag */
export function parseInteger(text: string, flag: string, least: number, most = Number.MAX_SAFE_INTEGER): number {
  const value = /^(?:0|[1-9]\d{0,15})$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
  throw usage(
    `${flag} ${JSON.stringify(text)} is no whole number from ${least} to ${most}`,
    `write it in decimal digits, for example ${flag} ${Math.max(least, 1)}`,
  );
}

/**
 * Bytes of a size as in `21MB` or `64MiB`; a bare number is bytes.
 * @throws USAGE naming the flag
 */
export function parseSize(text: string, flag: string): number {
  const [, digits, unit] = /^(\d{1,15})(B|kB|KB|MB|GB|KiB|MiB|GiB)?$/.exec(text) ?? [];
  const bytes = Number(digits) * UNIT_BYTES[(unit ?? '').toUpperCase()]!;
  if (Number.isSafeInteger(bytes)) return bytes;
  throw usage(
    `${flag} ${JSON.stringify(text)} is no size`,
    `write a whole number with B, kB, MB, GB, KiB, MiB or GiB, for example ${flag} 21MB`,
  );
}
