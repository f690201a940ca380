import type { LeafInput } from '../operation.js';
import { type ChannelScales, SCALES } from './channel-scales.js';
import { EXPONENT_STEPS } from './difference-models.js';
import type { Float16Kind } from './float16-kind.js';
import type { NoiseEstimate } from './noise-estimate.js';

/** Logarithms count 16ths of an octave: an f32's exponent and the top 4 bits below it. */
const LOG_SHIFT = 19;
const OCTAVE = 16;
const MOST_LOG = 4079;
/** Weights that are just as predicted count as if they were off by a sixteenth of their last place. */
const LEAST_OCTAVES = 4;

const bits = new Int32Array(1);
const float = new Float32Array(bits.buffer);

/** Goes over the elements of a leaf in order and says what is to be expected of each: delta-v1-predict §2 and §3. */
export class Prediction16 {
  /** Predicted code of the current element. */
  code = 0;
  /** Its exponent, in `EXPONENT_STEPS` steps. */
  exponent = 0;
  /** Expected difference, as `DifferenceModels.expect` takes it. */
  expected = 0;
  #at = 0;
  #row: number;
  #column: number;
  #lastPlace = 0;
  #scale = 1;
  readonly #source: Uint8Array;
  readonly #model: ChannelScales;
  readonly #leastExponent: number;
  /** From an exponent of the 16-bit float to the f32 exponent of its last place. */
  readonly #toLastPlace: number;

  constructor(
    private readonly kind: Float16Kind,
    input: LeafInput<ChannelScales>,
    private readonly noise: NoiseEstimate,
  ) {
    this.#source = input.source;
    this.#model = input.model!;
    this.#leastExponent = kind.name === 'f16' ? 0 : 100;
    this.#toLastPlace = kind.name === 'f16' ? 102 : -7;
    this.#row = Math.floor(input.first / this.#model.columns);
    this.#column = input.first - this.#row * this.#model.columns - 1;
    this.#beginRow();
  }

  /** Steps to the next element. */
  next(): void {
    if (++this.#column === this.#model.columns) {
      this.#column = 0;
      this.#row++;
      this.#beginRow();
    }
    this.#predict(this.#source[this.#at]! | (this.#source[this.#at + 1]! << 8));
    this.#at += 2;
    const exponent = (this.code & 0x7fff) >>> this.kind.mantissaBits;
    const fromLeast = exponent - this.#leastExponent;
    this.exponent = fromLeast < 0 ? 0 : fromLeast < EXPONENT_STEPS ? fromLeast : EXPONENT_STEPS - 1;
    const lastPlace = (exponent === 0 ? 1 : exponent) + this.#toLastPlace;
    this.#lastPlace = lastPlace < 0 ? 0 : lastPlace * OCTAVE;
    this.expected = this.noise.at(this.#column, this.#lastPlace + OCTAVE) - this.#lastPlace;
  }

  /** Takes in what the current element turned out to be. */
  learn(code: number): void {
    const values = this.kind.values;
    float[0] = values[code]! - values[this.code]!;
    const distance = (bits[0]! & 0x7fffffff) >>> LOG_SHIFT;
    const least = this.#lastPlace - LEAST_OCTAVES * OCTAVE;
    this.noise.learn(this.#column, distance < least ? least : Math.min(distance, MOST_LOG));
  }

  #beginRow(): void {
    this.noise.beginRow();
    if (this.#model.along === SCALES.byRow) this.#scale = this.#model.scales[this.#row]!;
  }

  /** delta-v1-predict §2: what is not finite, and what has no scale, is predicted to stay. */
  #predict(source: number): void {
    const along = this.#model.along;
    const value = this.kind.values[source]!;
    if (along === SCALES.none || value - value !== 0) {
      this.code = source;
      return;
    }
    float[0] = value * (along === SCALES.byColumn ? this.#model.scales[this.#column]! : this.#scale);
    this.code = this.kind.round(bits[0]!);
  }
}
