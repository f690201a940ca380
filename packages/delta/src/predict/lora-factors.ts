import type { BitDecoder } from '../numeric/bit-decoder.js';
import type { BitEncoder } from '../numeric/bit-encoder.js';
import { BitModels } from '../numeric/bit-models.js';
import { malformedPayload } from '../numeric/malformed-payload.js';
import { NumberModels, unzigzag, zigzag } from '../numeric/number-models.js';

const TREE = 256;
const F32_PLACES = 23;
/** Whole numbers below this are exact in f32. */
export const MOST_WHOLE = 16_777_215;
export const LEAST_EXPONENT = -126;
export const MOST_EXPONENT = 103;

/**
 * A form of writing numbers: floats of `places` bits below the exponent, or whole multiples of 2^exponent. delta-v1-predict §6.2.
 */
export type FactorForm = { readonly places: number } | { readonly exponent: number };

const bits = new Int32Array(1);
const float = new Float32Array(bits.buffer);

/** @param exponent of a normal f32 */
export function powerOfTwo(exponent: number): number {
  bits[0] = (exponent + 127) << F32_PLACES;
  return float[0]!;
}

/** Writes finite numbers that the form can hold exactly. */
export function encodeFactors(coder: BitEncoder, values: Float32Array, form: FactorForm): void {
  if ('exponent' in form) encodeWhole(coder, values, form.exponent);
  else encodeFloats(coder, values, form.places);
}

/** Fills `values`. @throws WeighbridgeError MALFORMED for a number that is not finite or does not fit */
export function decodeFactors(coder: BitDecoder, values: Float32Array, form: FactorForm): void {
  if ('exponent' in form) decodeWhole(coder, values, form.exponent);
  else decodeFloats(coder, values, form.places);
}

function encodeWhole(coder: BitEncoder, values: Float32Array, exponent: number): void {
  const numbers = new NumberModels(1);
  const unit = powerOfTwo(exponent);
  for (const value of values) numbers.encode(coder, 0, zigzag(value / unit));
}

function decodeWhole(coder: BitDecoder, values: Float32Array, exponent: number): void {
  const numbers = new NumberModels(1);
  const unit = powerOfTwo(exponent);
  for (let i = 0; i < values.length; i++) {
    const step = numbers.decode(coder, 0, 2 * MOST_WHOLE);
    if (step < 0) throw malformedPayload('LORA', 'a factor out of bounds');
    values[i] = unzigzag(step) * unit;
  }
}

/** Sign, 8 bits of exponent as a tree, the first place below by a model of its exponent, the others plain. */
function encodeFloats(coder: BitEncoder, values: Float32Array, places: number): void {
  const models = new BitModels(2 * TREE);
  for (const value of values) {
    float[0] = value;
    coder.encodePlain(bits[0]! >>> 31, 1);
    const exponent = (bits[0]! >>> F32_PLACES) & 255;
    let node = 1;
    for (let i = 7; i >= 0; i--) {
      const bit = (exponent >>> i) & 1;
      coder.encode(models, node, bit);
      node = 2 * node + bit;
    }
    if (places === 0) continue;
    coder.encode(models, TREE + exponent, (bits[0]! >>> (F32_PLACES - 1)) & 1);
    coder.encodePlain((bits[0]! >>> (F32_PLACES - places)) & ((1 << (places - 1)) - 1), places - 1);
  }
}

function decodeFloats(coder: BitDecoder, values: Float32Array, places: number): void {
  const models = new BitModels(2 * TREE);
  for (let i = 0; i < values.length; i++) {
    let word = coder.decodePlain(1) << 31;
    let node = 1;
    while (node < TREE) node = 2 * node + coder.decode(models, node);
    const exponent = node - TREE;
    if (exponent === 255) throw malformedPayload('LORA', 'a factor that is not finite');
    word |= exponent << F32_PLACES;
    if (places > 0) {
      word |= coder.decode(models, TREE + exponent) << (F32_PLACES - 1);
      word |= coder.decodePlain(places - 1) << (F32_PLACES - places);
    }
    bits[0] = word;
    values[i] = float[0]!;
  }
}
