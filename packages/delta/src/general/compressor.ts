import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import { WeighbridgeError } from '@weighbridge/core/errors';

/** How a packed stream holds its bytes (delta-v1-general §1). */
const STORED = 0;
const BROTLI = 1;

/** Takes 20 ms for a MiB. */
const QUICK = 5;
/** Takes one to four seconds for a MiB. */
const DENSEST = 11;
const DENSEST_BYTES = 4 * 1_048_576;
/** What the quick quality leaves more of than this share, weights and packed data, the densest would make 1 % smaller. */
const HARDLY_SHARE = 0.75;

/** Below, a decoder asks for a new buffer of this many bytes: what zlib takes at least. */
const LEAST_BUFFER = 64;

/** @returns `bytes` packed: never more than one byte longer; nothing for nothing */
export function compress(bytes: Uint8Array): Uint8Array {
  if (bytes.length === 0) return bytes;
  const quick = brotli(bytes, QUICK);
  const worthwhile = bytes.length <= DENSEST_BYTES && quick.length <= bytes.length * HARDLY_SHARE;
  const packed = worthwhile ? shorter(brotli(bytes, DENSEST), quick) : quick;
  return packed.length < bytes.length ? tagged(BROTLI, packed) : tagged(STORED, bytes);
}

/**
 * @param length what `packed` must unpack to, bounded by the caller: so much memory is taken
 * @throws WeighbridgeError MALFORMED when it is anything else, or when `packed` goes on after its end
 */
export function decompress(packed: Uint8Array, length: number): Uint8Array {
  const body = packed.subarray(1);
  if (length === 0) return packed.length === 0 ? body : refuse('a packed stream of no bytes is not empty');
  if (packed[0] === STORED) return body.length === length ? body : refuse('a stored stream has another length');
  if (packed[0] !== BROTLI) return refuse('a packed stream has an unknown form');
  return inflate(body, length);
}

function brotli(bytes: Uint8Array, quality: number): Uint8Array {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: quality,
    [constants.BROTLI_PARAM_LGWIN]: windowBits(bytes.length),
    [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  return brotliCompressSync(bytes, { params });
}

function shorter(one: Uint8Array, other: Uint8Array): Uint8Array {
  return one.length < other.length ? one : other;
}

/** The smallest window that reaches from the end to the start: a decoder takes memory for it. */
function windowBits(length: number): number {
  return Math.min(Math.max(32 - Math.clz32(Math.min(length, 2 ** 31) + 16), 10), 24);
}

function tagged(form: number, body: Uint8Array): Uint8Array {
  const packed = new Uint8Array(body.length + 1);
  packed[0] = form;
  packed.set(body, 1);
  return packed;
}

// delta-v1-general §1.3: the length is known before a byte is inflated, and is the most that zlib may write.
function inflate(body: Uint8Array, length: number): Uint8Array {
  const { buffer, engine } = inflateInto(body, length);
  // Bytes after the end of the stream are passed over by zlib without a word.
  if (buffer.length !== length || engine.bytesWritten !== body.length) {
    return refuse('a packed stream has another length than its place says');
  }
  return buffer;
}

/** With `info` Node hands back its engine too, which knows how much it has read; the types do not say so. */
interface Inflated {
  readonly buffer: Uint8Array;
  readonly engine: { readonly bytesWritten: number };
}

function inflateInto(body: Uint8Array, length: number): Inflated {
  const options = { info: true, maxOutputLength: length, chunkSize: Math.max(length, LEAST_BUFFER) };
  try {
    return brotliDecompressSync(body, options) as unknown as Inflated;
  } catch (cause) {
    return refuse('a packed stream cannot be unpacked', cause);
  }
}

function refuse(message: string, cause?: unknown): never {
  throw new WeighbridgeError('MALFORMED', message, { hint: 'Fetch the package again, or build it anew.', cause });
}
