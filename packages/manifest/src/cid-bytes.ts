const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
const BASE32_TEXT = /^b[a-z2-7]{1,160}$/;

export const RAW = 0x55;
export const DAG_PB = 0x70;
export const SHA2_256 = 0x12;
export const SHA3_512 = 0x14;

/** Bytes of the digests of the hash functions that a CID may name; all of full length. */
const DIGEST_BYTES: Readonly<Record<number, number>> = { [SHA2_256]: 32, [SHA3_512]: 64 };
/** Version, codec, hash function, length: each below 128, hence one byte as a varint. */
const PREFIX_BYTES = 4;

/** A CIDv1 of a raw leaf or of a DAG-PB node by one of two hash functions. */
export interface Cid {
  readonly bytes: Uint8Array;
  readonly codec: typeof RAW | typeof DAG_PB;
  readonly hash: typeof SHA2_256 | typeof SHA3_512;
  readonly digest: Uint8Array;
}

export function cidBytes(codec: Cid['codec'], hash: Cid['hash'], digest: Uint8Array): Uint8Array {
  if (digest.length !== DIGEST_BYTES[hash]) throw new RangeError(`a digest of ${digest.length} bytes`);
  const bytes = new Uint8Array(PREFIX_BYTES + digest.length);
  bytes.set([1, codec, hash, digest.length]);
  bytes.set(digest, PREFIX_BYTES);
  return bytes;
}

/** Reads a binary CID; undefined for anything but the CIDs above: identity, SHA-1, truncated digests, other codecs. */
export function readCid(bytes: Uint8Array): Cid | undefined {
  const [version, codec, hash, length] = bytes;
  if (version !== 1 || (codec !== RAW && codec !== DAG_PB)) return undefined;
  if (hash !== SHA2_256 && hash !== SHA3_512) return undefined;
  if (length !== DIGEST_BYTES[hash] || bytes.length !== PREFIX_BYTES + length!) return undefined;
  return { bytes, codec, hash, digest: bytes.subarray(PREFIX_BYTES) };
}

/** Reads the text of a CID, in the one spelling that `cidText` gives it. */
export function parseCid(text: string): Cid | undefined {
  const bytes = decodeBase32(text);
  const cid = bytes === undefined ? undefined : readCid(bytes);
  return cid !== undefined && cidText(cid.bytes) === text ? cid : undefined;
}

/** Multibase base32, lower case. */
export function cidText(bytes: Uint8Array): string {
  let text = 'b';
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xfff;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += BASE32[(value >> bits) & 31];
    }
  }
  return bits > 0 ? text + BASE32[(value << (5 - bits)) & 31] : text;
}

function decodeBase32(text: string): Uint8Array | undefined {
  if (!BASE32_TEXT.test(text)) return undefined;
  const bytes: number[] = [];
  let bits = 0;
  let value = 0;
  for (const character of text.slice(1)) {
    value = ((value << 5) | BASE32.indexOf(character)) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((value >> bits) & 255);
    }
  }
  return Uint8Array.from(bytes);
}
