import type { Address } from '@weighbridge/core/brands';
import { fromHex, toHex } from '@weighbridge/core/hex';

/** The 32-byte big-endian word of a number 0 … 2^256−1. */
export function wordOf(value: bigint | number): Uint8Array {
  return fromHex(BigInt(value).toString(16).padStart(64, '0'));
}

/** The number that big-endian bytes stand for; 0 for no bytes. */
export function numberOf(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${toHex(bytes)}`);
}

/** The 20 bytes of an address. */
export function addressBytes(address: Address): Uint8Array {
  return fromHex(address.slice(2).toLowerCase());
}

/** The word of an address: 12 zero bytes before it. */
export function addressWord(address: Address): Uint8Array {
  const word = new Uint8Array(32);
  word.set(addressBytes(address), 12);
  return word;
}
