import type { Digest, Sha256 } from './brands.js';

const HEX = /^[0-9a-f]*$/;
const DIGEST = /^[0-9a-f]{128}$/;
const SHA256 = /^[0-9a-f]{64}$/;

export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}

/** Bytes of bare lower-case hex; RangeError for anything else. */
export function fromHex(hex: string): Uint8Array {
  if (hex.length % 2 !== 0 || !HEX.test(hex)) throw new RangeError('not bare lower-case hex');
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

export function isDigest(value: unknown): value is Digest {
  return typeof value === 'string' && DIGEST.test(value);
}

export function isSha256(value: unknown): value is Sha256 {
  return typeof value === 'string' && SHA256.test(value);
}

/** The digest's spelling in our formats, of its 64 bytes. */
export function digestOf(bytes: Uint8Array): Digest {
  if (bytes.length !== 64) throw new RangeError(`a SHA3-512 digest has 64 bytes, not ${bytes.length}`);
  return toHex(bytes) as Digest;
}

export function bytesEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0;
}
