import type { LeafInput, Operation } from '../operation.js';
import { BitDecoder } from './bit-decoder.js';
import { BitEncoder } from './bit-encoder.js';
import { blockPhase } from './block-phase.js';
import { CodeModels, codeOf, expectCode, isTurned, MOST_UNARY, modelOf, scaleRatio } from './code-models.js';
import { malformedPayload } from './malformed-payload.js';
import { codeAt16, orderOf16 } from './ordered.js';
import { BLOCK_WEIGHTS, Q4_0, Q8_0, type QuantBlocks } from './quant-blocks.js';

/** First byte of a payload that holds the bytes as they are. */
const PLAIN = 255;

const models = new CodeModels();
const encoder = new BitEncoder();
const decoder = new BitDecoder();
const baseCodes = new Int8Array(BLOCK_WEIGHTS);
const codes = new Int8Array(BLOCK_WEIGHTS);

/** Blocks of GGUF's Q8_0: the scale's difference, then codes against the base's rescaled ones: delta-v1-numeric §12. */
export const QBLK_Q8_0 = qblk(14, 'QBLK q8_0', Q8_0);
/** The same for Q4_0. */
export const QBLK_Q4_0 = qblk(15, 'QBLK q4_0', Q4_0);

function qblk(id: number, name: string, kind: QuantBlocks): Operation<undefined> {
  return {
    id,
    name,
    width: 1,
    source: 'aligned',
    positional: false,
    encode: (target, input) => encode(kind, target, input),
    decode: (payload, input, out) => decode(name, kind, payload, input, out),
  };
}

function encode(kind: QuantBlocks, target: Uint8Array, { source }: LeafInput<undefined>): Uint8Array {
  const lead = blockPhase(kind.bytes, target, source);
  const end = target.length - ((target.length - lead) % kind.bytes);
  const bytes = new Uint8Array(4 * target.length + 64);
  bytes[0] = lead;
  bytes.set(target.subarray(0, lead), 1);
  bytes.set(target.subarray(end), 1 + lead);
  encoder.start(bytes, 1 + lead + target.length - end);
  models.reset();
  for (let at = lead; at < end; at += kind.bytes) encodeBlock(kind, target, source, at);
  const length = encoder.finish();
  return length <= target.length ? bytes.slice(0, length) : Uint8Array.of(PLAIN, ...target);
}

function encodeBlock(kind: QuantBlocks, target: Uint8Array, source: Uint8Array, at: number): void {
  const baseScale = source[at]! | (source[at + 1]! << 8);
  const scale = target[at]! | (target[at + 1]! << 8);
  models.encodeScale(encoder, baseScale, orderOf16(scale) - orderOf16(baseScale));
  const ratio = scaleRatio(baseScale, scale);
  kind.unpack(source, at, baseCodes);
  kind.unpack(target, at, codes);
  for (let i = 0; i < BLOCK_WEIGHTS; i++) {
    const expected = expectCode(baseCodes[i]!, ratio, scale, kind.extreme);
    const residual = codes[i]! - codeOf(expected);
    encodeResidual(isTurned(expected) ? -residual : residual, modelOf(expected));
  }
}

function encodeResidual(residual: number, model: number): void {
  const { codes: bits } = models;
  encoder.encode(bits, model, residual === 0 ? 0 : 1);
  if (residual === 0) return;
  encoder.encode(bits, model + 1, residual < 0 ? 1 : 0);
  const magnitude = Math.abs(residual);
  for (let i = 1; i < magnitude && i < MOST_UNARY; i++) encoder.encode(bits, model + 1 + i, 1);
  if (magnitude < MOST_UNARY) encoder.encode(bits, model + 1 + magnitude, 0);
  else models.numbers.encode(encoder, 0, magnitude - MOST_UNARY);
}

function decode(
  name: string,
  kind: QuantBlocks,
  payload: Uint8Array,
  { source }: LeafInput<undefined>,
  out: Uint8Array,
): void {
  const lead = payload[0];
  if (lead === PLAIN && payload.length === out.length + 1) {
    out.set(payload.subarray(1));
    return;
  }
  if (lead === undefined || lead >= kind.bytes || lead > out.length)
    throw malformedPayload(name, 'no place where blocks begin');
  const tail = (out.length - lead) % kind.bytes;
  if (payload.length < 1 + lead + tail) throw malformedPayload(name, 'ends before its blocks');
  out.set(payload.subarray(1, 1 + lead));
  out.set(payload.subarray(1 + lead, 1 + lead + tail), out.length - tail);
  decoder.start(name, payload, 1 + lead + tail, payload.length);
  models.reset();
  for (let at = lead; at < out.length - tail; at += kind.bytes) decodeBlock(name, kind, source, at, out);
  decoder.finish();
}

function decodeBlock(name: string, kind: QuantBlocks, source: Uint8Array, at: number, out: Uint8Array): void {
  const baseScale = source[at]! | (source[at + 1]! << 8);
  const step = models.decodeScale(decoder, baseScale);
  if (step === undefined) throw malformedPayload(name, 'a scale out of bounds');
  const scale = codeAt16((orderOf16(baseScale) + step) & 0xffff);
  out[at] = scale;
  out[at + 1] = scale >>> 8;
  const ratio = scaleRatio(baseScale, scale);
  kind.unpack(source, at, baseCodes);
  for (let i = 0; i < BLOCK_WEIGHTS; i++) {
    const expected = expectCode(baseCodes[i]!, ratio, scale, kind.extreme);
    const residual = decodeResidual(name, modelOf(expected));
    codes[i] = codeOf(expected) + (isTurned(expected) ? -residual : residual);
  }
  kind.pack(codes, out, at);
}

function decodeResidual(name: string, model: number): number {
  const { codes: bits } = models;
  if (decoder.decode(bits, model) === 0) return 0;
  const negative = decoder.decode(bits, model + 1);
  let magnitude = 1;
  while (magnitude < MOST_UNARY && decoder.decode(bits, model + 1 + magnitude) === 1) magnitude++;
  if (magnitude === MOST_UNARY) {
    const more = models.numbers.decode(decoder, 0, 255);
    if (more < 0) throw malformedPayload(name, 'a code out of bounds');
    magnitude += more;
  }
  return negative === 1 ? -magnitude : magnitude;
}
