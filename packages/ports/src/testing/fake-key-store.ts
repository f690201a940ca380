import { WeighbridgeError } from '@weighbridge/core/errors';
import { isName } from '@weighbridge/core/names';
import type { KeyStore, StoredKey } from '../key-store.js';
import type { Signer } from '../signer.js';
import { testSigner } from './test-signer.js';

/** Keys in memory under one passphrase. */
export class FakeKeyStore implements KeyStore {
  private readonly keys = new Map<string, Signer>();
  private readonly damaged = new Set<string>();
  /** What the caller knows; undefined for nothing. */
  passphrase: string | undefined = 'right';

  async list(): Promise<StoredKey[]> {
    for (const name of this.damaged) throw damagedKey(name);
    const names = [...this.keys.keys()].sort();
    return names.map((name) => ({ name, address: this.keys.get(name)!.address }));
  }

  async create(name: string): Promise<StoredKey> {
    if (!isName(name) || this.keys.has(name)) throw usage(`${name} cannot be the name of a new key`);
    if (this.passphrase === undefined) throw usage('there is no passphrase');
    const signer = testSigner(`${name} ${Math.random()}`);
    this.keys.set(name, signer);
    return { name, address: signer.address };
  }

  async unlock(name: string): Promise<Signer> {
    const signer = this.keys.get(name);
    if (signer === undefined) throw usage(`there is no key ${name}`);
    if (this.damaged.has(name)) throw damagedKey(name);
    if (this.passphrase !== 'right') throw usage('the passphrase is wrong');
    return signer;
  }

  damage(name: string): void {
    this.damaged.add(name);
  }
}

function usage(message: string): WeighbridgeError {
  return new WeighbridgeError('USAGE', message, { hint: 'use another name or passphrase' });
}

function damagedKey(name: string): WeighbridgeError {
  return new WeighbridgeError('MALFORMED', `the key ${name} is damaged`, { hint: 'restore it' });
}
