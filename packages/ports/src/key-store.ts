import type { Address } from '@weighbridge/core/brands';
import type { Signer } from './signer.js';

export interface StoredKey {
  readonly name: string;
  readonly address: Address;
}

/** The door to named keys. Names match `[a-z0-9]([a-z0-9._-]{0,62}[a-z0-9])?` without `..`. */
export interface KeyStore {
  /** All keys, sorted by name; empty when there are none. Never asks for a passphrase. */
  list(): Promise<StoredKey[]>;
  /** @throws USAGE when the name is taken or no name; IO */
  create(name: string): Promise<StoredKey>;
  /** Unlocks a key. @throws USAGE for an unknown name and for a wrong or missing passphrase; MALFORMED for a damaged key file */
  unlock(name: string): Promise<Signer>;
}
