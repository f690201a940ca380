import { WeighbridgeError } from '@weighbridge/core/errors';
import { ByteReader } from '../byte-reader.js';
import { ByteWriter } from '../byte-writer.js';
import { BitDecoder } from '../numeric/bit-decoder.js';
import { BitEncoder } from '../numeric/bit-encoder.js';
import { decodeFactors, encodeFactors, type FactorForm, LEAST_EXPONENT, MOST_EXPONENT } from './lora-factors.js';
import { RECIPES } from './lora-recipe.js';
import type { LoraModel } from './merge-rows.js';

/** delta-v1-predict §6.1. */
const MOST_RANK = 1024;
const MOST_FACTORS = 16_777_216;
const MOST_ROW = 1_048_576;

const FLOATS = 0;
const WHOLE = 1;
const MOST_PLACES = 23;
const BYTES_A_FACTOR = 16;

export interface FactorForms {
  readonly left: FactorForm;
  readonly right: FactorForm;
}

/** @returns whether a resource can hold such factors */
export function fitsLora({ rows, columns, rank }: Pick<LoraModel, 'rows' | 'columns' | 'rank'>): boolean {
  return columns <= MOST_ROW && rank <= MOST_RANK && (rows + columns) * rank <= MOST_FACTORS;
}

/** @param forms that hold the factors exactly @returns a resource of LORA */
export function writeLora(model: LoraModel, forms: FactorForms): Uint8Array {
  const writer = new ByteWriter().u8(model.recipe).varint(model.rows).varint(model.columns).varint(model.rank);
  writer.bytes(bytesOfDouble(model.scale));
  for (const form of [forms.left, forms.right]) {
    if ('exponent' in form) writer.u8(WHOLE).u8(form.exponent & 0xff);
    else writer.u8(FLOATS).u8(form.places);
  }
  const coded = new Uint8Array(BYTES_A_FACTOR * (model.left.length + model.right.length + 1));
  const coder = new BitEncoder().start(coded, 0);
  encodeFactors(coder, model.left, forms.left);
  encodeFactors(coder, model.right, forms.right);
  return writer.bytes(coded.subarray(0, coder.finish())).finish();
}

/** @throws WeighbridgeError MALFORMED or LIMIT */
export function readLora(resource: Uint8Array): LoraModel {
  const reader = new ByteReader(resource, 'a resource of LORA');
  const recipe = reader.u8();
  if (recipe >= RECIPES) throw reader.malformed('has an unknown recipe');
  const shape = readShape(reader);
  const scale = readScale(reader);
  const forms = { left: readForm(reader), right: readForm(reader) };
  const left = new Float32Array(shape.rows * shape.rank);
  const right = new Float32Array(shape.rank * shape.columns);
  const coded = reader.bytes(reader.left);
  const coder = new BitDecoder().start('LORA', coded, 0, coded.length);
  decodeFactors(coder, left, forms.left);
  decodeFactors(coder, right, forms.right);
  coder.finish();
  return { recipe, ...shape, scale, left, right };
}

function readShape(reader: ByteReader): Pick<LoraModel, 'rows' | 'columns' | 'rank'> {
  const rows = reader.varint();
  const columns = reader.varint();
  const rank = reader.varint();
  if (rows === 0 || columns === 0 || rank === 0) throw reader.malformed('has an impossible shape');
  requireAtMost('columns', columns, MOST_ROW);
  requireAtMost('ranks', rank, MOST_RANK);
  // Each is below 2^53, and so their sum is exact enough to be compared.
  requireAtMost('factors', (rows + columns) * rank, MOST_FACTORS);
  return { rows, columns, rank };
}

function readScale(reader: ByteReader): number {
  const scale = new DataView(reader.bytes(8).slice().buffer).getFloat64(0, true);
  if (!Number.isFinite(scale)) throw reader.malformed('has a scale that is not finite');
  return scale;
}

function bytesOfDouble(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, value, true);
  return bytes;
}

function readForm(reader: ByteReader): FactorForm {
  const form = reader.u8();
  const detail = reader.u8();
  if (form === FLOATS && detail <= MOST_PLACES) return { places: detail };
  const exponent = (detail << 24) >> 24;
  if (form === WHOLE && exponent >= LEAST_EXPONENT && exponent <= MOST_EXPONENT) return { exponent };
  throw reader.malformed('has factors in no known form');
}

function requireAtMost(what: string, found: number, most: number): void {
  if (found <= most) return;
  throw new WeighbridgeError('LIMIT', `a resource of LORA has ${found} ${what}, more than the ${most} allowed`, {
    hint: 'get the package again from where it was published',
    details: { expected: String(most), found: String(found) },
  });
}
