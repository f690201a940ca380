import type { ModelName, Version } from '@weighbridge/core/brands';
import { type ReleaseRef, releaseRef } from '@weighbridge/core/names';
import type { Channel } from '@weighbridge/ports/channel';
import type { Receipt } from '@weighbridge/ports/chain';
import type { ProgressListener } from '@weighbridge/ports/progress';
import { FakeChain } from '@weighbridge/ports/testing/fake-chain';
import { FakeReleaseFolder } from '@weighbridge/ports/testing/fake-release-folder';
import { FakeReleaseStore } from '@weighbridge/ports/testing/fake-release-store';
import { testSigner } from '@weighbridge/ports/testing/test-signer';
import { approve } from '../approve.js';
import { attestRelease, prepareRelease, type RegisterDoors, type RegisterOrder } from '../register.js';
import { FakeEngine } from './fake-engine.js';

export const MODEL = 'acme/pilot-llm' as ModelName;
export const REF = releaseRef(MODEL, '1.0.0' as Version);
export const FILES = { 'config.json': '{}', 'weights/model.bin': 'weights' };

export const publisher = testSigner('publisher');
export const alice = testSigner('alice');
export const bob = testSigner('bob');
export const guardian = testSigner('guardian');
export const stranger = testSigner('stranger');
export const witness = testSigner('witness');

export const SILENT: ProgressListener = { start() {}, advance() {}, stop() {} };

const TRANSACTIONS = ['claim', 'register', 'approve', 'relayApprovals', 'revoke', 'requireVersion'] as const;

/** A publisher's house: a chain on which `acme` is claimed with two approvers, a folder of weights, an empty store. */
export class House {
  readonly chain = new FakeChain();
  readonly folder = new FakeReleaseFolder(FILES);
  readonly releases = new FakeReleaseStore();
  readonly engine = new FakeEngine();
  readonly abort = new AbortController();
  channels: Channel[] = [];
  /** Transactions that were sent, refused ones too. */
  readonly sent: string[] = [];

  constructor() {
    for (const name of TRANSACTIONS) {
      const send = this.chain[name] as (...args: unknown[]) => Promise<Receipt>;
      const listening = (...args: unknown[]): Promise<Receipt> => {
        this.sent.push(name);
        return send(...args);
      };
      Object.assign(this.chain, { [name]: listening });
    }
  }

  /** Everything that journeys may write to, to be compared before and after. */
  get written() {
    const { manifests, leaves } = this.releases;
    return { sent: this.sent.length, manifests: manifests.size, leaves: leaves.size };
  }

  get doors(): RegisterDoors & { readonly chain: FakeChain } {
    const { chain, releases, folder, engine, channels } = this;
    return { chain, releases, folder, engine, channels, progress: SILENT, signal: this.abort.signal };
  }

  async claim(threshold = 2): Promise<void> {
    const approvers = [
      { key: alice.address, role: 'legal' },
      { key: bob.address, role: 'security' },
    ];
    await this.chain.claim({ namespace: 'acme', guardian: guardian.address, approvers, threshold }, publisher);
  }

  async register(version = '1.0.0', more: Partial<RegisterOrder> = {}): Promise<ReleaseRef> {
    const prepared = await prepareRelease(this.doors, orderOf(version, more), publisher.address);
    await attestRelease(this.doors, prepared, publisher);
    return prepared.ref;
  }

  async approveAll(ref: ReleaseRef = REF): Promise<void> {
    await approve(this.chain, ref, alice, undefined);
    await approve(this.chain, ref, bob, undefined);
  }
}

export async function claimedHouse(threshold = 2): Promise<House> {
  const house = new House();
  await house.claim(threshold);
  return house;
}

export async function registeredHouse(): Promise<House> {
  const house = await claimedHouse();
  await house.register();
  return house;
}

export async function approvedHouse(): Promise<House> {
  const house = await registeredHouse();
  await house.approveAll();
  return house;
}

export function orderOf(version = '1.0.0', more: Partial<RegisterOrder> = {}): RegisterOrder {
  return { model: MODEL, version: version as Version, versionCode: undefined, license: 'MIT', ...more };
}
