import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Digest } from '@weighbridge/core/brands';
import { CHUNK_BYTES } from '@weighbridge/core/tree';
import { type Home, locateHome } from '@weighbridge/files-local/home';
import { openFetchPlace } from '@weighbridge/files-local/local-fetch-place';
import { parseManifest } from '@weighbridge/manifest/parse-manifest';
import type { Channel } from '@weighbridge/ports/channel';
import { FakeChannel } from '@weighbridge/ports/testing/fake-channel';
import { FakeReleaseStore } from '@weighbridge/ports/testing/fake-release-store';
import { MAX_AGE_LIMIT_SECONDS } from '@weighbridge/verify/checkpoint';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FetchDoors, fetchRelease } from './fetch.js';
import { revoke } from './revoke.js';
import { proveRelease } from './seal-bundle.js';
import { nextTrust } from './trust-series.js';
import { guardian, House, REF, SILENT, witness } from './testing/house.js';

const WEIGHTS = 'weights/model.bin';
const BYTES = Uint8Array.from({ length: 3 * CHUNK_BYTES + 9 }, (_, index) => (index * 7 + (index >> 20)) % 253);

let house: House;
let ipfs: FakeChannel;
let git: FakeChannel;
let folder: string;
let home: Home;
let target: string;
let digest: Digest;
/** What was asked for, in order. */
let asked: string[];

/** A channel that notes what it is asked for. */
function noting(channel: FakeChannel): Channel {
  return new Proxy(channel, {
    get: (on, name: keyof Channel) => {
      const member = on[name];
      if (typeof member !== 'function') return member;
      return (...args: unknown[]) => {
        if (name !== 'close') asked.push(name);
        return (member as (...all: unknown[]) => unknown).apply(on, args);
      };
    },
  });
}

beforeEach(async () => {
  house = new House();
  await house.claim();
  house.folder.put(WEIGHTS, BYTES);
  ipfs = new FakeChannel('ipfs');
  git = new FakeChannel('git-lfs');
  house.channels = [git, ipfs];
  await house.register();
  await house.approveAll();
  digest = (await house.chain.release(REF))!.digest;
  folder = mkdtempSync(join(tmpdir(), 'fetch-'));
  home = locateHome({ home: join(folder, 'home'), env: {} });
  mkdirSync(home.root);
  target = join(folder, 'target');
  asked = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

function doors(more: Partial<FetchDoors> = {}): FetchDoors {
  const models = ['acme/*'];
  const nowSeconds = 1_800_000_000;
  return {
    trust: nextTrust(undefined, { identity: house.chain.identity, models, witnesses: [witness.address] }, nowSeconds),
    prove: () => proveRelease({ chain: house.chain, witness, nowSeconds }, REF, MAX_AGE_LIMIT_SECONDS),
    openPlace: (releaseDigest) => openFetchPlace(home, releaseDigest, target, { timeoutMs: 0 }),
    releases: new FakeReleaseStore(),
    channels: [noting(git), noting(ipfs)],
    engine: house.engine,
    hostSeconds: nowSeconds,
    idleMs: 200,
    progress: SILENT,
    signal: house.abort.signal,
    ...more,
  };
}

/** The tree root of the weights, which fakes keep chunks by. */
function tree(): Digest {
  const manifest = parseManifest(ipfs.releases.get(digest)!.manifest!);
  return manifest.files.find(({ path }) => path === WEIGHTS)!.tree;
}

function chunks(channel: FakeChannel): (Uint8Array | undefined)[] {
  return channel.releases.get(digest)!.chunks.get(tree())!;
}

function spoil(channel: FakeChannel, index: number): void {
  const chunk = chunks(channel)[index]!.slice();
  chunk[3]! ^= 1;
  chunks(channel)[index] = chunk;
}

const isWhole = (): boolean => readFileSync(join(target, WEIGHTS)).equals(BYTES);
const pieces = (): string[] => (existsSync(home.fetching) ? readdirSync(home.fetching) : []);

describe('the journey', () => {
  it('puts a whole release together, and nothing else', async () => {
    const fetched = await fetchRelease(doors(), REF);
    expect(fetched).toMatchObject({ faults: [], claim: { releaseDigest: digest, status: 'approved' } });
    expect(isWhole()).toBe(true);
    expect(readdirSync(join(target, '.weighbridge')).sort()).toEqual(['bundle.json', 'leaves', 'manifest.json']);
    expect(pieces()).toEqual([]);
  });

  it('asks for nothing before the proof holds', async () => {
    await revoke(house.chain, REF, 'other', 'why', guardian);
    await expect(fetchRelease(doors(), REF)).rejects.toMatchObject({ code: 'REVOKED' });
    expect(asked).toEqual([]);
    expect(pieces()).toEqual([]);
  });

  it('asks in this order: manifest, leaves, chunks', async () => {
    await fetchRelease(doors({ channels: [noting(git)] }), REF);
    expect(asked.filter((name, index) => asked.indexOf(name) === index)).toEqual(['manifest', 'leaves', 'open']);
  });

  it('asks for no chunk when there is no room: IO', async () => {
    const full = doors({
      openPlace: async (releaseDigest) => ({
        ...(await openFetchPlace(home, releaseDigest, target, { timeoutMs: 0 })),
        requireRoom: async () => {
          throw Object.assign(new Error('full'), { name: 'WeighbridgeError', code: 'IO' });
        },
      }),
    });
    await expect(fetchRelease(full, REF)).rejects.toMatchObject({ code: 'IO' });
    expect(asked).not.toContain('open');
  });

  it('reads the status again at the end: revoked meanwhile is REVOKED, nothing appears', async () => {
    let proofs = 0;
    const { prove } = doors();
    const later = doors({
      prove: async () => {
        proofs += 1;
        if (proofs === 2) await revoke(house.chain, REF, 'other', 'why', guardian);
        return prove();
      },
    });
    await expect(fetchRelease(later, REF)).rejects.toMatchObject({ code: 'REVOKED' });
    expect(existsSync(target)).toBe(false);
    expect(pieces()).toEqual([]);
  });

  it('a model that the trust file does not name: WRONG_ARTIFACT, nothing is asked for', async () => {
    const trust = { ...doors().trust, models: ['other/*'] };
    await expect(fetchRelease(doors({ trust }), REF)).rejects.toMatchObject({ code: 'WRONG_ARTIFACT' });
    expect(asked).toEqual([]);
  });
});

describe('channels that fail', () => {
  it('one lies in a chunk: the other gives it, and the liar is named', async () => {
    spoil(git, 1);
    const { faults } = await fetchRelease(doors(), REF);
    expect(isWhole()).toBe(true);
    for (const fault of faults)
      expect(fault).toMatchObject({ channel: 'git-lfs', file: WEIGHTS, chunk: 1, problem: 'wrong' });
  });

  it('both lie in different chunks: the good ones make a whole', async () => {
    spoil(git, 0);
    spoil(ipfs, 2);
    await fetchRelease(doors(), REF);
    expect(isWhole()).toBe(true);
  });

  it('both lie in the same chunk: TAMPERED with what was found, nothing left behind', async () => {
    spoil(git, 1);
    spoil(ipfs, 1);
    const hex = expect.stringMatching(/^[0-9a-f]{128}$/);
    await expect(fetchRelease(doors(), REF)).rejects.toMatchObject({
      code: 'TAMPERED',
      details: { file: WEIGHTS, chunk: 1, expected: hex, found: hex },
    });
    expect(existsSync(target)).toBe(false);
    expect(pieces()).toEqual([]);
  });

  it('one has lost a chunk, one cannot be reached, one is silent: the other is enough', async () => {
    chunks(git)[2] = undefined;
    await fetchRelease(doors(), REF);
    expect(isWhole()).toBe(true);
    for (const fault of ['unreachable', 'silent'] as const) {
      rmSync(target, { recursive: true });
      git.fault = fault;
      await fetchRelease(doors(), REF);
      expect(isWhole()).toBe(true);
    }
  });

  it('lost in one and wrong in the other: TAMPERED', async () => {
    chunks(git)[1] = undefined;
    spoil(ipfs, 1);
    await expect(fetchRelease(doors(), REF)).rejects.toMatchObject({ code: 'TAMPERED', details: { channel: 'ipfs' } });
  });

  it('lost in both: UNVERIFIABLE; what was fetched is found again when one is back', async () => {
    const lost = chunks(git)[1];
    chunks(git)[1] = undefined;
    chunks(ipfs)[1] = undefined;
    await expect(fetchRelease(doors(), REF)).rejects.toMatchObject({ code: 'UNVERIFIABLE', details: { chunk: 1 } });
    expect(existsSync(target)).toBe(false);
    chunks(git)[1] = lost;
    const { completed } = await fetchRelease(doors(), REF);
    expect(completed.fetched.find(({ file }) => file.path === WEIGHTS)?.chunks).toContain(1);
    expect(completed.fetched.find(({ file }) => file.path === WEIGHTS)?.chunks.length).toBeLessThan(4);
    expect(isWhole()).toBe(true);
  });

  it('a lying manifest and lying leaves are taken from the other; from none: TAMPERED', async () => {
    git.releases.get(digest)!.manifest = Buffer.from('{}');
    git.releases.get(digest)!.leaves.set(tree(), new Uint8Array(4 * 64));
    const { faults } = await fetchRelease(doors(), REF);
    expect(faults.map(({ file, problem }) => [file, problem])).toEqual([
      ['manifest.json', 'wrong'],
      [WEIGHTS, 'wrong'],
    ]);
    rmSync(target, { recursive: true });
    ipfs.releases.get(digest)!.manifest = Buffer.from('[]');
    await expect(fetchRelease(doors(), REF)).rejects.toMatchObject({
      code: 'TAMPERED',
      details: { file: 'manifest.json' },
    });
  });

  it('pieces that rotted meanwhile are fetched anew', async () => {
    chunks(git)[3] = undefined;
    chunks(ipfs)[3] = undefined;
    await expect(fetchRelease(doors(), REF)).rejects.toMatchObject({ code: 'UNVERIFIABLE' });
    const piece = join(home.fetching, digest, WEIGHTS);
    const bytes = readFileSync(piece);
    bytes[5]! ^= 1;
    writeFileSync(piece, bytes);
    chunks(git)[3] = BYTES.slice(3 * CHUNK_BYTES);
    await fetchRelease(doors(), REF);
    expect(isWhole()).toBe(true);
  });
});

it('an abort ends it with its reason, nothing appears', async () => {
  git.fault = 'silent';
  ipfs.fault = 'silent';
  setTimeout(() => house.abort.abort(new Error('enough')), 30);
  await expect(fetchRelease(doors({ idleMs: 60_000 }), REF)).rejects.toThrow('enough');
  expect(existsSync(target)).toBe(false);
});
