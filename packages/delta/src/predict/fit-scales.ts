import { orderOf16 } from '../numeric/ordered.js';
import { readWords16 } from '../numeric/words.js';
import { type Channel, ChannelMedian } from './channel-median.js';
import {
  type ChannelScales,
  MOST_CHANNELS,
  MOST_COLUMNS,
  SCALES,
  type ScaleGrid,
  scaleGrid,
  writeChannelScales,
} from './channel-scales.js';
import { BF16, F16, type Float16Kind } from './float16-kind.js';

/** Bits of a scale below its exponent: finer ones cost more than they save. */
const PLACES = 14;
/** What decides along which axis scales run: so many channels, so many elements of each. */
const SAMPLE_CHANNELS = 48;
const SAMPLE_ELEMENTS = 1024;
/** What a scale takes in a resource. */
const SCALE_BITS = 14;

const bits = new Int32Array(1);
const float = new Float32Array(bits.buffer);
const median = new ChannelMedian();

interface Layout {
  readonly along: ChannelScales['along'];
  readonly rows: number;
  readonly columns: number;
  readonly channels: number;
}

/**
 * Finds how a tensor's channels were scaled: one scale for each index of its first or of its last axis, or none at all.
 * @param operation 9 for f16, 10 for bf16
 * @param target whole tensors of equal length, little-endian
 * @returns a resource of T16S, or undefined for shapes that it cannot hold
 */
export function fitScales(
  operation: 9 | 10,
  target: Uint8Array,
  source: Uint8Array,
  shape: readonly number[],
): Uint8Array | undefined {
  const kind = operation === 9 ? F16 : BF16;
  const to = readWords16(target);
  const from = readWords16(source);
  const layouts = layoutsOf(shape, to.length);
  const [first] = layouts;
  if (first === undefined || from.length !== to.length || to.length === 0) return undefined;
  const grid = scaleGrid(PLACES);
  const none = { ...first, along: SCALES.none };
  let best: Layout = none;
  let least = 0;
  for (const layout of layouts) {
    const gain = sampleGain(kind, to, from, layout, grid);
    const bitsMore = SCALE_BITS * layout.channels - gain;
    if (bitsMore < least) [best, least] = [layout, bitsMore];
  }
  const channels = best.along === SCALES.none ? 0 : best.channels;
  const scales = new Float32Array(channels);
  for (let i = 0; i < channels; i++) scales[i] = grid.at(median.placeOf(kind, to, from, channelOf(best, i, 1), grid));
  return writeChannelScales({ ...best, scales }, PLACES);
}

function layoutsOf(shape: readonly number[], elements: number): Layout[] {
  const first = shape[0] ?? 1;
  const last = shape.at(-1) ?? 1;
  const layouts: Layout[] = [
    { along: SCALES.byRow, rows: first, columns: elements / first, channels: first },
    { along: SCALES.byColumn, rows: elements / last, columns: last, channels: last },
  ];
  return layouts.filter(
    ({ rows, columns, channels }) =>
      Number.isSafeInteger(rows) &&
      Number.isSafeInteger(columns) &&
      columns <= MOST_COLUMNS &&
      channels <= MOST_CHANNELS,
  );
}

function channelOf({ along, rows, columns }: Layout, index: number, step: number): Channel {
  return along === SCALES.byRow
    ? { start: index * columns, stride: step, count: Math.ceil(columns / step) }
    : { start: index, stride: columns * step, count: Math.ceil(rows / step) };
}

/** @returns how many bits scales along this axis save of the whole tensor, by a sample */
function sampleGain(
  kind: Float16Kind,
  target: Uint16Array,
  source: Uint16Array,
  layout: Layout,
  grid: ScaleGrid,
): number {
  const length = target.length / layout.channels;
  const step = Math.ceil(length / SAMPLE_ELEMENTS);
  const channelStep = Math.ceil(layout.channels / SAMPLE_CHANNELS);
  let gain = 0;
  let seen = 0;
  for (let i = 0; i < layout.channels; i += channelStep) {
    const channel = channelOf(layout, i, step);
    const scale = grid.at(median.placeOf(kind, target, source, channel, grid));
    gain += channelGain(kind, target, source, channel, scale);
    seen += channel.count;
  }
  return (gain / seen) * target.length;
}

function channelGain(
  kind: Float16Kind,
  target: Uint16Array,
  source: Uint16Array,
  channel: Channel,
  scale: number,
): number {
  let gain = 0;
  for (let i = 0, at = channel.start; i < channel.count; i++, at += channel.stride) {
    const from = source[at]!;
    const order = orderOf16(target[at]!);
    float[0] = kind.values[from]! * scale;
    gain += lengthOf(order - orderOf16(from)) - lengthOf(order - orderOf16(kind.round(bits[0]!)));
  }
  return gain;
}

function lengthOf(difference: number): number {
  return 32 - Math.clz32(Math.abs(difference));
}
