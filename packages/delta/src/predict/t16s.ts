import { BitDecoder } from '../numeric/bit-decoder.js';
import { BitEncoder } from '../numeric/bit-encoder.js';
import { leafRoom } from '../numeric/leaf-room.js';
import { malformedPayload } from '../numeric/malformed-payload.js';
import { codeAt16, orderOf16 } from '../numeric/ordered.js';
import type { LeafInput, Operation } from '../operation.js';
import { type ChannelScales, MOST_COLUMNS, readChannelScales } from './channel-scales.js';
import { DifferenceModels } from './difference-models.js';
import { BF16, F16, type Float16Kind } from './float16-kind.js';
import { NoiseEstimate } from './noise-estimate.js';
import { Prediction16 } from './prediction-16.js';

const CODED = 0;
const STORED = 1;

/** 16-bit floats as differences to a base whose channels are scaled: delta-v1-predict §3. */
export const T16S_F16: Operation<ChannelScales> = createT16s(9, F16);
export const T16S_BF16: Operation<ChannelScales> = createT16s(10, BF16);

const models = new DifferenceModels();
const noise = new NoiseEstimate(MOST_COLUMNS);
const encoder = new BitEncoder();
const decoder = new BitDecoder();

function createT16s(id: number, kind: Float16Kind): Operation<ChannelScales> {
  const name = `T16S ${kind.name}`;
  return {
    id,
    name,
    width: 2,
    source: 'aligned',
    positional: true,
    readModel: readChannelScales,
    encode: (target, input) => encodeLeaf(kind, target, input),
    decode: (payload, input, out) => decodeLeaf(kind, name, payload, input, out),
  };
}

function encodeLeaf(kind: Float16Kind, target: Uint8Array, input: LeafInput<ChannelScales>): Uint8Array {
  const bytes = leafRoom(target.length >>> 1).bytes;
  const coder = encoder.start(bytes, 1);
  const walk = new Prediction16(kind, input, noise.reset(input.model!.columns));
  models.reset();
  for (let at = 0; at < target.length; at += 2) {
    if (coder.at > target.length) return storedLeaf(target);
    const code = target[at]! | (target[at + 1]! << 8);
    walk.next();
    models.expect(walk.expected, walk.exponent).encode(coder, orderOf16(code) - orderOf16(walk.code));
    walk.learn(code);
  }
  const end = coder.finish();
  if (end > target.length) return storedLeaf(target);
  bytes[0] = CODED;
  return bytes.slice(0, end);
}

function storedLeaf(target: Uint8Array): Uint8Array {
  const payload = new Uint8Array(target.length + 1);
  payload[0] = STORED;
  payload.set(target, 1);
  return payload;
}

function decodeLeaf(
  kind: Float16Kind,
  name: string,
  payload: Uint8Array,
  input: LeafInput<ChannelScales>,
  out: Uint8Array,
): void {
  checkPlace(name, input, out);
  if (payload[0] === STORED && payload.length === out.length + 1) out.set(payload.subarray(1));
  else if (payload[0] === CODED) decodeDifferences(kind, name, payload, input, out);
  else throw malformedPayload(name, 'neither differences nor as long as its output');
}

/** delta-v1-predict §1.4. */
function checkPlace(name: string, { model, first, source }: LeafInput<ChannelScales>, out: Uint8Array): void {
  if (model === undefined) throw malformedPayload(name, 'a piece without a resource');
  const isInside = first + out.length / 2 <= model.rows * model.columns;
  if (!isInside || source.length !== out.length)
    throw malformedPayload(name, 'elements beyond the tensor of its resource');
}

function decodeDifferences(
  kind: Float16Kind,
  name: string,
  payload: Uint8Array,
  input: LeafInput<ChannelScales>,
  out: Uint8Array,
): void {
  const coder = decoder.start(name, payload, 1, payload.length);
  const walk = new Prediction16(kind, input, noise.reset(input.model!.columns));
  models.reset();
  for (let at = 0; at < out.length; at += 2) {
    walk.next();
    const order = orderOf16(walk.code) + models.expect(walk.expected, walk.exponent).decode(coder);
    if (order < 0 || order > 0xffff) throw malformedPayload(name, 'a difference that leads beyond all codes');
    const code = codeAt16(order);
    out[at] = code;
    out[at + 1] = code >>> 8;
    walk.learn(code);
  }
  coder.finish();
}
