import { BitDecoder } from '../numeric/bit-decoder.js';
import { BitEncoder } from '../numeric/bit-encoder.js';
import { leafRoom } from '../numeric/leaf-room.js';
import { malformedPayload } from '../numeric/malformed-payload.js';
import type { Operation } from '../operation.js';
import { BF16, F16, type Float16Kind } from './float16-kind.js';
import { readLora } from './lora-resource.js';
import { MergeResidual } from './merge-residual.js';
import type { LoraModel } from './merge-rows.js';
import { CONTEXTS, type MergedPart, mergePart } from './merged-part.js';

/** delta-v1-predict §8.2: the first byte of a payload. */
const MERGED = 0;
const CORRECTED = 1;
const STORED = 2;
const HEAD_BYTES = 3;

/** Merges of a low-rank adapter: delta-v1-predict §5. */
export const LORA_BF16: Operation<LoraModel> = createLora(11, 'LORA bf16', BF16);
export const LORA_F16: Operation<LoraModel> = createLora(12, 'LORA f16', F16);
export const LORA_F32: Operation<LoraModel> = createLora(13, 'LORA f32', undefined);

const encoder = new BitEncoder();
const decoder = new BitDecoder();

function createLora(id: number, name: string, kind: Float16Kind | undefined): Operation<LoraModel> {
  const width = kind === undefined ? 4 : 2;
  const residual = new MergeResidual(kind === undefined ? 32 : 16);
  return {
    id,
    name,
    width,
    source: 'aligned',
    positional: true,
    readModel: readLora,
    encode: (target, input) => encodeLeaf(width, residual, target, mergePart(name, kind, input, target.length)),
    decode(payload, input, out) {
      decodeLeaf(name, width, residual, payload, mergePart(name, kind, input, out.length), out);
    },
  };
}

function encodeLeaf(width: 2 | 4, residual: MergeResidual, target: Uint8Array, part: MergedPart): Uint8Array {
  const count = target.length / width;
  const contexts = contextsThatMiss(width, target, part);
  if (contexts === 0) return Uint8Array.of(MERGED);
  const { bytes } = leafRoom(target.length);
  const coder = encoder.start(bytes, HEAD_BYTES);
  residual.reset();
  for (let i = 0; i < count && coder.at <= target.length; i++) {
    if (part.contexts[i]! < contexts) residual.encode(coder, part, i, codeOf(width, target, i));
  }
  if (coder.at + 4 > target.length) return storedLeaf(target);
  bytes.set([CORRECTED, contexts & 0xff, contexts >>> 8]);
  return bytes.slice(0, coder.finish());
}

/** @returns a number above every context of an element that is not as merged; 0 when all are */
function contextsThatMiss(width: 2 | 4, target: Uint8Array, part: MergedPart): number {
  let contexts = 0;
  for (let i = 0; i < target.length / width; i++) {
    if (part.contexts[i]! >= contexts && codeOf(width, target, i) !== part.codes[i]!) contexts = part.contexts[i]! + 1;
  }
  return contexts;
}

function storedLeaf(target: Uint8Array): Uint8Array {
  const payload = new Uint8Array(target.length + 1);
  payload[0] = STORED;
  payload.set(target, 1);
  return payload;
}

function codeOf(width: 2 | 4, bytes: Uint8Array, index: number): number {
  const at = width * index;
  const low = bytes[at]! | (bytes[at + 1]! << 8);
  return width === 2 ? low : (low | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

function decodeLeaf(
  name: string,
  width: 2 | 4,
  residual: MergeResidual,
  payload: Uint8Array,
  part: MergedPart,
  out: Uint8Array,
): void {
  if (payload[0] === MERGED && payload.length === 1) {
    for (let i = 0; i < out.length / width; i++) putCode(width, out, i, part.codes[i]!);
  } else if (payload[0] === CORRECTED && payload.length > HEAD_BYTES)
    decodeCorrected(name, width, residual, payload, part, out);
  else if (payload[0] === STORED && payload.length === out.length + 1) out.set(payload.subarray(1));
  else throw malformedPayload(name, 'of no known form');
}

function decodeCorrected(
  name: string,
  width: 2 | 4,
  residual: MergeResidual,
  payload: Uint8Array,
  part: MergedPart,
  out: Uint8Array,
): void {
  const contexts = payload[1]! | (payload[2]! << 8);
  if (contexts === 0 || contexts > CONTEXTS) throw malformedPayload(name, 'corrections in contexts that do not exist');
  const coder = decoder.start(name, payload, HEAD_BYTES, payload.length);
  residual.reset();
  for (let i = 0; i < out.length / width; i++) {
    const code = part.contexts[i]! < contexts ? residual.decode(name, coder, part, i) : part.codes[i]!;
    putCode(width, out, i, code);
  }
  coder.finish();
}

function putCode(width: 2 | 4, out: Uint8Array, index: number, code: number): void {
  const at = width * index;
  out[at] = code;
  out[at + 1] = code >>> 8;
  if (width === 2) return;
  out[at + 2] = code >>> 16;
  out[at + 3] = code >>> 24;
}
