import { FakeDocument } from '@weighbridge/ports/testing/fake-document';
import { FakeChain } from '@weighbridge/ports/testing/fake-chain';
import { toAddress } from '@weighbridge/verify/signatures';
import type { Digest } from '@weighbridge/core/brands';
import { chainKey, type DeviceState } from '@weighbridge/verify/device-state';
import { canonicalDeviceState, parseDeviceState } from '@weighbridge/verify/device-state-file';
import { canonicalTrust, parseTrust, type Trust } from '@weighbridge/verify/trust';
import { beforeEach, describe, expect, it } from 'vitest';
import { importTrust } from './import-trust.js';
import { MODEL, stranger, witness } from './testing/house.js';
import { nextTrust } from './trust-series.js';

const { identity } = new FakeChain({ chainId: 11_155_111 });
const first = nextTrust(undefined, { identity, models: ['acme/*'], witnesses: [witness.address] }, 1000);
const second: Trust = { ...first, version: 2 };
const otherWitness: Trust = { ...second, witnesses: [stranger.address] };

const DIGEST = 'd'.repeat(128) as Digest;
const remembered: DeviceState = {
  models: new Map([[MODEL, { versionCode: 7, minAllowed: 5 }]]),
  releases: new Map([[DIGEST, { number: 9, hash: 'e'.repeat(64) }]]),
  chains: new Map([[chainKey(first), { floor: 2000, revoked: [DIGEST] }]]),
};

let trust: FakeDocument;
let deviceState: FakeDocument;
let log: unknown[];

beforeEach(() => {
  trust = new FakeDocument(canonicalTrust(first));
  deviceState = new FakeDocument(canonicalDeviceState(remembered));
  log = [];
});

function take(offered: Trust | Uint8Array, reset: readonly (typeof MODEL)[] = []) {
  const bytes = offered instanceof Uint8Array ? offered : canonicalTrust(offered);
  const doors = { trust, deviceState, log: async (entry: object) => void log.push(entry) };
  return importTrust(doors, bytes, reset);
}

async function refused(code: string, offered: Trust | Uint8Array, reset: readonly (typeof MODEL)[] = []) {
  await expect(take(offered, reset)).rejects.toMatchObject({ code, hint: expect.stringMatching(/./) });
  expect([trust.writes, deviceState.writes]).toEqual([0, 0]);
}

describe('importTrust', () => {
  it('makes the first trust file of a device its own', async () => {
    trust.bytes = undefined;
    expect(await take(second)).toEqual({ trust: second, witnessesDiffer: false });
    expect(parseTrust(trust.bytes!)).toEqual(second);
  });

  it('takes a newer one, and the present one again; what was accepted stays', async () => {
    await take(first);
    await take(second);
    expect(parseTrust(trust.bytes!)).toEqual(second);
    expect(deviceState.writes).toBe(0);
  });

  it('with other witnesses drops checkpoint numbers and the time floor, nothing else', async () => {
    expect(await take(otherWitness)).toMatchObject({ witnessesDiffer: true });
    expect(parseDeviceState(deviceState.bytes!)).toEqual({
      models: remembered.models,
      releases: new Map(),
      chains: new Map([[chainKey(first), { floor: 0, revoked: [DIGEST] }]]),
    });
    expect(log).toEqual([]);
  });

  it('with --reset drops the floors of that model, after it was logged', async () => {
    await take(second, [MODEL]);
    expect(parseDeviceState(deviceState.bytes!)).toEqual({ ...remembered, models: new Map() });
    expect(log).toEqual([{ event: 'trust-reset', models: [MODEL], trustVersion: 2 }]);
  });

  it('a reset that cannot be logged changes nothing', async () => {
    const doors = { trust, deviceState, log: async () => Promise.reject(new Error('disk')) };
    await expect(importTrust(doors, canonicalTrust(second), [MODEL])).rejects.toThrow('disk');
    expect([trust.writes, deviceState.writes]).toEqual([0, 0]);
  });

  it('has nothing to forget on a new device', async () => {
    deviceState.bytes = undefined;
    await take(otherWitness, [MODEL]);
    expect(deviceState.writes).toBe(0);
  });

  it('an older version is ROLLBACK, with a reset too', async () => {
    trust.bytes = canonicalTrust(second);
    await refused('ROLLBACK', first);
    await refused('ROLLBACK', first, [MODEL]);
    expect(log).toEqual([]);
  });

  it('a development chain over another is USAGE', () => refused('USAGE', { ...second, chainId: 31337 }));

  it('no trust file is MALFORMED', () => refused('MALFORMED', Buffer.from('{}')));

  it('a damaged state that would have to forget something is UNVERIFIABLE', async () => {
    deviceState.bytes = Buffer.from('{}');
    await refused('UNVERIFIABLE', otherWitness);
    await refused('UNVERIFIABLE', second, [MODEL]);
  });

  it('a read-only place is IO', async () => {
    trust.isReadOnly = true;
    await refused('IO', second);
    deviceState.isReadOnly = true;
    await refused('IO', otherWitness);
  });

  it('another contract is another registry: its witnesses differ, so what was numbered is dropped', async () => {
    const elsewhere = { ...otherWitness, contract: toAddress(new Uint8Array(20).fill(7)) };
    await take(elsewhere);
    expect(parseDeviceState(deviceState.bytes!).releases.size).toBe(0);
  });
});
