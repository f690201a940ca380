/**
 * Symbols of signed differences: delta-v1-numeric §7.1. Two classes for each length in bits of d (of ~d when d is negative), classes
 * of positive differences even, of negative ones odd; 0 is no difference. The low bits of d in two's complement stay open.
 */
interface DifferenceSymbols {
  readonly symbols: number;
  readonly escape: number;
  readonly widths: Uint8Array;
  /** Number of the class: halved octaves. */
  readonly sizes: Uint8Array;
  /** What a symbol says of d: d = top | open bits, in 32-bit two's complement. */
  readonly tops: Int32Array;
}

/** Of differences of 32 bits; all open in the escape. */
export const DIFFERENCES: DifferenceSymbols = differenceSymbols();

function differenceSymbols(): DifferenceSymbols {
  const classes = 62;
  const widths = new Uint8Array(256);
  const tops = new Int32Array(256);
  for (let number = 0; number < classes; number++) {
    const width = number < 4 ? 0 : (number >>> 1) - 1;
    const magnitude = number < 2 ? number : (2 | (number & 1)) << width;
    widths.fill(width, 2 * number, 2 * number + 2);
    tops[2 * number] = magnitude;
    tops[2 * number + 1] = ~magnitude & (-1 << width);
  }
  widths[2 * classes] = 32;
  const sizes = widths.map((_, symbol) => symbol >>> 1);
  return { symbols: 2 * classes + 1, escape: 2 * classes, widths, sizes, tops };
}

/** @param d a signed 32-bit integer @returns its symbol */
export function symbolOf(d: number): number {
  const negative = d >>> 31;
  const magnitude = d ^ -negative;
  const length = 31 - Math.clz32(magnitude);
  const number = magnitude < 2 ? magnitude : 2 * length + ((magnitude >>> (length - 1)) & 1);
  return (number << 1) | negative;
}
