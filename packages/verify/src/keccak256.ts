import { keccak_256 } from '@noble/hashes/sha3.js';

const encoder = new TextEncoder();

/** Keccak-256 as Ethereum uses it, 32 bytes. It is not SHA3-256, and `node:crypto` does not offer it. */
export function keccak256(...parts: readonly Uint8Array[]): Uint8Array {
  const hash = keccak_256.create();
  for (const part of parts) hash.update(part);
  return hash.digest();
}

export function keccakText(text: string): Uint8Array {
  return keccak256(encoder.encode(text));
}
