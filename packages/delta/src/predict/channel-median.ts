import type { ScaleGrid } from './channel-scales.js';
import type { Float16Kind } from './float16-kind.js';

/** Which elements of a tensor form one channel. */
export interface Channel {
  readonly start: number;
  readonly stride: number;
  readonly count: number;
}

/** Scales from 2^−64 to 2^64 are looked for. */
const MOST_OCTAVES = 64;

/** Finds the scale of a channel: the median of target ÷ source, weighted by the source, which has the least sum of distances. */
export class ChannelMedian {
  #sources = new Float32Array(0);
  #targets = new Float32Array(0);
  #count = 0;

  /** @param tensors of 16-bit codes @returns the place of the scale on a grid of `places` bits, that of 1 for a channel of zeros */
  placeOf(kind: Float16Kind, target: Uint16Array, source: Uint16Array, channel: Channel, grid: ScaleGrid): number {
    const total = this.#gather(kind, target, source, channel);
    if (!(total > 0)) return grid.one;
    const perOctave = grid.near(2) - grid.one;
    let low = grid.one - MOST_OCTAVES * perOctave;
    let high = grid.one + MOST_OCTAVES * perOctave;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.#weightAbove(grid.at(middle)) * 2 > total) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** @returns the sum of weights */
  #gather(kind: Float16Kind, target: Uint16Array, source: Uint16Array, { start, stride, count }: Channel): number {
    if (this.#sources.length < count) {
      this.#sources = new Float32Array(count);
      this.#targets = new Float32Array(count);
    }
    let total = 0;
    let kept = 0;
    for (let i = 0, at = start; i < count; i++, at += stride) {
      const from = kind.values[source[at]!]!;
      const to = kind.values[target[at]!]!;
      const weight = Math.abs(from);
      if (!(weight > 0 && weight - weight === 0 && to - to === 0)) continue;
      this.#sources[kept] = weight;
      this.#targets[kept++] = from < 0 ? -to : to;
      total += weight;
    }
    this.#count = kept;
    return total;
  }

  #weightAbove(scale: number): number {
    let weight = 0;
    for (let i = 0; i < this.#count; i++)
      if (this.#targets[i]! > scale * this.#sources[i]!) weight += this.#sources[i]!;
    return weight;
  }
}
