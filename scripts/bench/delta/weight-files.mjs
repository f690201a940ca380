// Writers of weight files: chunks are handed in as they come, nothing holds a whole tensor.
import { closeSync, openSync, writeSync } from 'node:fs';

const BYTES = { BF16: 2, F16: 2, F32: 4, I8: 1 };
const elements = (shape) => shape.reduce((product, side) => product * side, 1);

/**
 * @param tensors `{name, dtype, shape, chunks}` in file order; `chunks()` yields typed arrays
 * @param headerBytes size of the JSON header, filled up with spaces; default: the next multiple of 8
 */
export function writeSafetensors(path, tensors, { headerBytes, metadata = { format: 'pt' } } = {}) {
  const header = { __metadata__: metadata };
  let at = 0;
  for (const { name, dtype, shape } of tensors) {
    const end = at + elements(shape) * BYTES[dtype];
    header[name] = { dtype, shape, data_offsets: [at, end] };
    at = end;
  }
  const text = JSON.stringify(header);
  const padded = Buffer.from(text.padEnd(headerBytes ?? Math.ceil(text.length / 8) * 8));
  if (headerBytes !== undefined && padded.length !== headerBytes)
    throw new Error(`${path}: the header needs ${text.length} bytes`);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  writeParts(path, [length, padded], tensors);
}

const GGUF_TYPES = { F32: 0, Q4_0: 2, Q8_0: 8 };

/** @param metadata strings and 32-bit integers by key */
export function writeGguf(path, metadata, tensors) {
  const head = [Buffer.from('GGUF'), u32(3), u64(tensors.length), u64(Object.keys(metadata).length)];
  for (const [key, value] of Object.entries(metadata))
    head.push(ggufString(key), ...(typeof value === 'string' ? [u32(8), ggufString(value)] : [u32(4), u32(value)]));
  let at = 0;
  for (const { name, type, shape } of tensors) {
    const sides = [...shape].reverse();
    head.push(ggufString(name), u32(sides.length), ...sides.map(u64), u32(GGUF_TYPES[type]), u64(at));
    at += Math.ceil(ggufBytes(type, shape) / 32) * 32;
  }
  const start = Buffer.concat(head);
  writeParts(path, [start, Buffer.alloc(-start.length & 31)], tensors, 32);
}

function ggufBytes(type, shape) {
  const count = elements(shape);
  return type === 'F32' ? count * 4 : (count / 32) * (type === 'Q8_0' ? 34 : 18);
}

const ONNX_TYPES = { F32: 1, I8: 3 };

/** A graph of initializers alone, as quantizers write them. */
export function writeOnnx(path, tensors) {
  const fields = tensors.map(({ name, dtype, shape }) => {
    const raw = elements(shape) * BYTES[dtype];
    const head = Buffer.concat([
      ...shape.map((side) => Buffer.concat([varint(8), varint(side)])),
      Buffer.concat([varint(16), varint(ONNX_TYPES[dtype])]),
      lengthDelimited(8, Buffer.from(name)),
      Buffer.concat([varint((9 << 3) | 2), varint(raw)]),
    ]);
    return { start: Buffer.concat([varint((5 << 3) | 2), varint(head.length + raw), head]), raw };
  });
  const graphName = lengthDelimited(2, Buffer.from('main'));
  const graphBytes = fields.reduce((sum, { start, raw }) => sum + start.length + raw, graphName.length);
  const opset = lengthDelimited(8, Buffer.concat([varint(16), varint(17)]));
  const start = Buffer.concat([varint(8), varint(8), opset, varint((7 << 3) | 2), varint(graphBytes), graphName]);
  writeParts(
    path,
    [start],
    tensors.map((tensor, index) => ({ ...tensor, before: fields[index].start })),
  );
}

function writeParts(path, start, tensors, alignment = 1) {
  const fd = openSync(path, 'w');
  for (const part of start) writeSync(fd, part);
  for (const { before, chunks } of tensors) {
    if (before !== undefined) writeSync(fd, before);
    let written = 0;
    for (const chunk of chunks()) {
      writeSync(fd, Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
      written += chunk.byteLength;
    }
    if (written % alignment !== 0) writeSync(fd, Buffer.alloc(alignment - (written % alignment)));
  }
  closeSync(fd);
}

function u32(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64(value) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

const ggufString = (text) => Buffer.concat([u64(Buffer.byteLength(text)), Buffer.from(text)]);
const lengthDelimited = (field, bytes) => Buffer.concat([varint((field << 3) | 2), varint(bytes.length), bytes]);

function varint(value) {
  const bytes = [];
  let left = value;
  for (; left >= 128; left = Math.floor(left / 128)) bytes.push((left % 128) | 128);
  return Buffer.from([...bytes, left]);
}
