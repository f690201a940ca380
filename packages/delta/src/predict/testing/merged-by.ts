import type { LoraModel } from '../merge-rows.js';

/**
 * delta-v1-predict §7 a second time, element by element and by other means, for tests.
 * @param codes of the base @param operation 11, 12 or 13
 */
export function mergedBy(model: LoraModel, codes: readonly number[], operation: number): number[] {
  const toType = ROUND[operation]!;
  return codes.map((code, at) => {
    const sum = sumOf(model, Math.floor(at / model.columns), at % model.columns);
    const value = Math.fround(meaning(code, operation) + finished(model, sum, toType));
    return codeOf(toType(value), operation);
  });
}

const ROUND: Readonly<Record<number, (value: number) => number>> = {
  11: (value) => nearest(Math.fround(value), 2 ** -126, 8),
  12: (value) => nearest(Math.fround(value), 2 ** -14, 11),
  13: Math.fround,
};

/** Nearest number of so many significant bits, ties to even. */
function nearest(value: number, least: number, significant: number): number {
  if (value === 0) return value;
  let unit = least;
  while (Math.abs(value) >= 2 * unit) unit *= 2;
  const step = unit / 2 ** (significant - 1);
  const whole = Math.floor(value / step);
  const rest = value / step - whole;
  return (rest > 0.5 || (rest === 0.5 && whole % 2 !== 0) ? whole + 1 : whole) * step;
}

function sumOf({ recipe, rank, columns, scale, left, right }: LoraModel, row: number, column: number): number {
  const [summing, finish] = [Math.floor(recipe / 4), recipe % 4];
  const round = summing === 2 ? (value: number) => value : Math.fround;
  const roundProduct = summing === 0 ? Math.fround : (value: number) => value;
  let sum = 0;
  for (let k = 0; k < rank; k++) {
    const factor = finish === 0 ? round(left[row * rank + k]! * round(scale)) : left[row * rank + k]!;
    sum = round(sum + roundProduct(factor * right[k * columns + column]!));
  }
  return sum;
}

function finished({ recipe, scale }: LoraModel, sum: number, toType: (value: number) => number): number {
  const round = recipe >= 8 ? (value: number) => value : Math.fround;
  const isF32 = toType === Math.fround;
  switch (recipe % 4) {
    case 0:
      return sum;
    case 2:
      return isF32 ? round(sum * round(scale)) : toType(sum * round(scale));
    case 3:
      return isF32 ? round(sum * round(scale)) : toType(toType(sum) * round(scale));
    default:
      return round(sum * round(scale));
  }
}

function meaning(code: number, operation: number): number {
  const view = new DataView(new ArrayBuffer(4));
  if (operation !== 12) {
    view.setUint32(0, operation === 11 ? code * 65_536 : code);
    return view.getFloat32(0);
  }
  const exponent = (code >> 10) & 31;
  const magnitude = exponent === 0 ? (code & 1023) * 2 ** -24 : (1024 + (code & 1023)) * 2 ** (exponent - 25);
  return code & 0x8000 ? -magnitude : magnitude;
}

function codeOf(value: number, operation: number): number {
  const view = new DataView(new ArrayBuffer(4));
  view.setFloat32(0, value);
  if (operation !== 12) return operation === 11 ? view.getUint16(0) : view.getUint32(0);
  const magnitude = Math.abs(value);
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  if (magnitude < 2 ** -14) return sign | (magnitude * 2 ** 24);
  let exponent = 1;
  while (magnitude >= 2 ** (exponent - 14)) exponent++;
  return sign | ((exponent - 1) * 1024 + magnitude / 2 ** (exponent - 25));
}
