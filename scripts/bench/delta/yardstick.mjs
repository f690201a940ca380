// How many bytes a 16-bit fine-tune holds: order-0 entropy of the ordered difference given the exponent of the base, by blocks.
import { closeSync, openSync, readSync } from 'node:fs';

const BLOCK = 262_144;
const REACH = 1024;
const WIDTH = 2 * REACH;
/** Shift that leaves sign and exponent. */
const SHIFTS = { BF16: 7, F16: 10 };

/** @returns bytes of all 16-bit tensors of two safetensors files, matched by name; what has no base counts by its own bits */
export function differenceEntropy(fromFile, toFile) {
  const [from, to] = [open(fromFile), open(toFile)];
  let bits = 0;
  for (const [name, tensor] of Object.entries(to.tensors)) {
    const base = from.tensors[name];
    const shared = base === undefined ? 0 : Math.min(base.bytes, tensor.bytes);
    for (let at = 0; at < tensor.bytes; at += BLOCK * 2) {
      const end = Math.min(tensor.bytes, at + BLOCK * 2);
      const split = Math.min(end, Math.max(at, shared));
      if (split > at)
        bits += differenceBits(
          words(from, base.start + at, split - at),
          words(to, tensor.start + at, split - at),
          tensor,
        );
      if (end > split) bits += ownBits(bytesOf(to, tensor.start + split, end - split), tensor.dtype);
    }
  }
  for (const { fd } of [from, to]) closeSync(fd);
  return Math.ceil(bits / 8);
}

/** @returns bytes of a safetensors file of floats with the exponents coded by their entropy and the rest as it is */
export function ownEntropy(file) {
  const opened = open(file);
  let bits = 0;
  for (const { start, bytes, dtype } of Object.values(opened.tensors))
    for (let at = 0; at < bytes; at += BLOCK * 2)
      bits += ownBits(bytesOf(opened, start + at, Math.min(bytes - at, BLOCK * 2)), dtype);
  closeSync(opened.fd);
  return Math.ceil(bits / 8);
}

function open(file) {
  const fd = openSync(file);
  const length = Number(read(fd, 0, 8).readBigUInt64LE());
  const header = JSON.parse(read(fd, 8, length).toString());
  const tensors = {};
  for (const [
    name,
    {
      dtype,
      data_offsets: [start, end],
    },
  ] of Object.entries(header).filter(([, value]) => value.dtype))
    tensors[name] = { dtype, start: 8 + length + start, bytes: end - start };
  return { fd, tensors };
}

function read(fd, offset, length) {
  const bytes = Buffer.alloc(length);
  readSync(fd, bytes, 0, length, offset);
  return bytes;
}

const bytesOf = ({ fd }, offset, length) => read(fd, offset, length);

function words(opened, offset, length) {
  const bytes = bytesOf(opened, offset, length);
  return new Uint16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + length));
}

const ordered = (code) => (code & 0x8000 ? 0x7fff - (code & 0x7fff) : 0x8000 + code);
const cells = new Uint32Array(256 * WIDTH);

function differenceBits(a, b, { dtype }) {
  const shift = SHIFTS[dtype];
  const far = new Map();
  const totals = new Uint32Array(256);
  cells.fill(0);
  for (let at = 0; at < a.length; at += 1) {
    const context = (a[at] & 0x7fff) >> shift;
    const difference = ordered(b[at]) - ordered(a[at]);
    totals[context] += 1;
    if (difference >= -REACH && difference < REACH) cells[context * WIDTH + difference + REACH] += 1;
    else far.set(context * 131_072 + difference + 65_536, (far.get(context * 131_072 + difference + 65_536) ?? 0) + 1);
  }
  let bits = 0;
  for (const total of totals) if (total > 0) bits += total * Math.log2(total);
  for (const seen of cells) if (seen > 1) bits -= seen * Math.log2(seen);
  for (const seen of far.values()) bits -= seen * Math.log2(seen);
  return bits;
}

function ownBits(bytes, dtype) {
  const wide = dtype === 'F32';
  const count = bytes.length / (wide ? 4 : 2);
  const shift = wide ? 7 : SHIFTS[dtype];
  const seen = new Map();
  for (let at = 0; at < count; at += 1) {
    const exponent = (bytes.readUInt16LE(wide ? at * 4 + 2 : at * 2) >> shift) & 0xff;
    seen.set(exponent, (seen.get(exponent) ?? 0) + 1);
  }
  let bits = count * (wide ? 24 : shift + 1);
  for (const times of seen.values()) bits -= times * Math.log2(times / count);
  return bits;
}
