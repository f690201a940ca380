import type { Address } from '@weighbridge/core/brands';

/** A key that can sign; where it lies (file, token, HSM) is its own affair. */
export interface Signer {
  readonly address: Address;
  /**
   * secp256k1 signature of a 32-byte digest: 65 bytes r ‖ s ‖ v, low s, v 27 or 28.
   */
  sign(digest: Uint8Array): Promise<Uint8Array>;
}
