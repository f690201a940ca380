import { WeighbridgeError } from '@weighbridge/core/errors';
import { ByteReader } from '../byte-reader.js';
import { ByteWriter } from '../byte-writer.js';
import { BitDecoder } from '../numeric/bit-decoder.js';
import { BitEncoder } from '../numeric/bit-encoder.js';
import { malformedPayload } from '../numeric/malformed-payload.js';
import { NumberModels, unzigzag, zigzag } from '../numeric/number-models.js';

/** delta-v1-predict §1.2: how scales run over a tensor of rows and columns. */
export const SCALES = { none: 0, byRow: 1, byColumn: 2 } as const;

/** A tensor as a matrix, and what its elements are multiplied with to predict those of the target. */
export interface ChannelScales {
  readonly rows: number;
  readonly columns: number;
  readonly along: (typeof SCALES)[keyof typeof SCALES];
  /** One for each row or column; empty without. */
  readonly scales: Float32Array;
}

/** delta-v1-predict §1.3. */
export const MOST_COLUMNS = 524_288;
export const MOST_CHANNELS = 1_048_576;
const MOST_PLACES = 20;
const MOST_STEP = 1 << 30;
const BYTES_A_NUMBER = 16;

/** Scales that a resource can hold are multiples of a step: these many bits below the exponent. */
export interface ScaleGrid {
  /** The place of a scale of 1. */
  readonly one: number;
  /** @returns the scale at a place, perhaps not finite */
  at(place: number): number;
  /** @returns the place nearest to a finite scale */
  near(scale: number): number;
}

const bits = new Int32Array(1);
const float = new Float32Array(bits.buffer);

export function scaleGrid(places: number): ScaleGrid {
  const shift = 23 - places;
  const near = (scale: number): number => {
    float[0] = scale;
    return Math.round(signedOrder(bits[0]!) / (1 << shift));
  };
  return {
    one: near(1),
    at(place) {
      bits[0] = codeOfSigned(place << shift);
      return float[0]!;
    },
    near,
  };
}

/** @returns the place of an f32 among all, 0 for +0 and −1 for −0 */
function signedOrder(code: number): number {
  return code < 0 ? -1 - (code & 0x7fffffff) : code;
}

function codeOfSigned(order: number): number {
  return order < 0 ? (-1 - order) | -0x80000000 : order;
}

/** @param places of the grid that all scales lie on */
export function writeChannelScales(model: ChannelScales, places: number): Uint8Array {
  const writer = new ByteWriter().u8(model.along).varint(model.rows).varint(model.columns);
  if (model.along === SCALES.none) return writer.finish();
  const grid = scaleGrid(places);
  const coded = new Uint8Array(BYTES_A_NUMBER * (model.scales.length + 1));
  const coder = new BitEncoder().start(coded, 0);
  const numbers = new NumberModels(1);
  for (const scale of model.scales) numbers.encode(coder, 0, zigzag(grid.near(scale) - grid.one));
  return writer.u8(places).bytes(coded.subarray(0, coder.finish())).finish();
}

/** @throws WeighbridgeError MALFORMED or LIMIT */
export function readChannelScales(resource: Uint8Array): ChannelScales {
  const reader = new ByteReader(resource, 'a resource of T16S');
  const along = reader.u8();
  const rows = reader.varint();
  const columns = reader.varint();
  if (rows === 0 || columns === 0 || !Number.isSafeInteger(rows * columns))
    throw reader.malformed('has an impossible shape');
  if (columns > MOST_COLUMNS) throw tooMany('columns', columns, MOST_COLUMNS);
  if (along === SCALES.none) {
    reader.end();
    return { rows, columns, along, scales: new Float32Array(0) };
  }
  if (along !== SCALES.byRow && along !== SCALES.byColumn) throw reader.malformed('has scales along no known axis');
  const channels = along === SCALES.byRow ? rows : columns;
  if (channels > MOST_CHANNELS) throw tooMany('channels', channels, MOST_CHANNELS);
  const places = reader.u8();
  if (places > MOST_PLACES) throw reader.malformed('has scales of more bits than there are');
  return { rows, columns, along, scales: readScales(reader.bytes(reader.left), places, channels) };
}

function readScales(coded: Uint8Array, places: number, channels: number): Float32Array {
  const grid = scaleGrid(places);
  const scales = new Float32Array(channels);
  const coder = new BitDecoder().start('T16S', coded, 0, coded.length);
  const numbers = new NumberModels(1);
  const half = 1 << (8 + places);
  for (let i = 0; i < channels; i++) {
    const step = numbers.decode(coder, 0, MOST_STEP);
    const place = grid.one + unzigzag(step);
    if (step < 0 || place < -half || place >= half) throw malformedPayload('T16S', 'a scale out of bounds');
    scales[i] = grid.at(place);
    if (!Number.isFinite(scales[i])) throw malformedPayload('T16S', 'a scale that is not finite');
  }
  coder.finish();
  return scales;
}

function tooMany(what: string, found: number, most: number): WeighbridgeError {
  return new WeighbridgeError('LIMIT', `a resource of T16S has ${found} ${what}, more than the ${most} allowed`, {
    hint: 'get the package again from where it was published',
    details: { expected: String(most), found: String(found) },
  });
}
