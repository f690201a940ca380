import { secp256k1 } from '@noble/curves/secp256k1.js';
import type { Address } from '@weighbridge/core/brands';
import { fromHex, toHex } from '@weighbridge/core/hex';
import { keccak256, keccakText } from './keccak256.js';
import { numberOf } from './words.js';

export const SIGNATURE_BYTES = 65;

/** Half of the order of secp256k1; a larger s is the same signature in a second spelling. */
const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;
const HEX_ADDRESS = /^0x[0-9a-fA-F]{40}$/;

/** Whether a signature is spelled as our formats want it: 65 bytes r ‖ s ‖ v, low s, v 27 or 28. */
export function isSignatureForm(signature: Uint8Array): boolean {
  const v = signature[64];
  return (
    signature.length === SIGNATURE_BYTES && (v === 27 || v === 28) && numberOf(signature.subarray(32, 64)) <= HALF_ORDER
  );
}

/**
 * The address that signed.
 * @param digest 32 bytes
 * @param signature hostile
 * @returns undefined for anything but a signature of proper form (65 bytes, low s, v 27 or 28, r and s in range)
 */
export function recoverAddress(digest: Uint8Array, signature: Uint8Array): Address | undefined {
  if (digest.length !== 32 || !isSignatureForm(signature)) return undefined;
  try {
    const recoverable = Uint8Array.of(signature[64]! - 27, ...signature.subarray(0, 64));
    const key = secp256k1.Signature.fromBytes(recoverable, 'recovered').recoverPublicKey(digest);
    return addressOfPoint(key.toBytes(false));
  } catch {
    // r or s is out of range, or no point of the curve has this r: nobody signed.
    return undefined;
  }
}

/** The address of a secp256k1 public key, compressed or not. */
export function addressOfKey(publicKey: Uint8Array): Address {
  return addressOfPoint(secp256k1.Point.fromBytes(publicKey).toBytes(false));
}

/** @param point uncompressed: one byte of prefix, then x ‖ y */
function addressOfPoint(point: Uint8Array): Address {
  return toAddress(keccak256(point.subarray(1)).subarray(12));
}

/** EIP-55 spelling of 20 bytes: a letter is a capital where the hash of the lower-case text has a high nibble. */
export function toAddress(bytes: Uint8Array): Address {
  if (bytes.length !== 20) throw new RangeError(`an address has 20 bytes, not ${bytes.length}`);
  const hex = toHex(bytes);
  const hash = toHex(keccakText(hex));
  const spelled = [...hex].map((digit, index) => (hash[index]! >= '8' ? digit.toUpperCase() : digit));
  return `0x${spelled.join('')}` as Address;
}

/** Whether a text is an address in its one right EIP-55 spelling. */
export function isAddress(text: string): text is Address {
  return HEX_ADDRESS.test(text) && toAddress(fromHex(text.slice(2).toLowerCase())) === text;
}
