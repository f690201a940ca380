import type { ModelName } from '@weighbridge/core/brands';
import { canonicalBytes } from '@weighbridge/core/canonical-json';
import type { JsonObject } from '@weighbridge/core/json';
import { describe, expect, it } from 'vitest';
import { formatBase64 } from './encodings.js';
import { testKey } from './testing/keys.js';
import { makeWorld, WORLD_BLOCK_TIME, WORLD_CONTRACT } from './testing/world.js';
import { canonicalTrust, isDevelopmentChain, parseTrust, TRUST_MAX_BYTES, trustCovers } from './trust.js';

const MALFORMED = expect.objectContaining({ code: 'MALFORMED' });
const [a = '', b = '', c = ''] = ['a', 'b', 'c'].map((name): string => testKey(name).address).sort();
const signature = formatBase64(testKey('a').sign(new Uint8Array(32)));

const GOOD = {
  format: 'trust-v1',
  version: 3,
  issuedAt: '2026-01-01T00:00:00Z',
  chainId: 11_155_111,
  contract: WORLD_CONTRACT as string,
  codeHash: '12'.repeat(32),
  models: ['acme/*', 'zeta/lane-net'],
  anchors: ['witness', 'rpc'],
  witnesses: [a, b],
  threshold: 2,
  rpcQuorum: 2,
  maxAgeSeconds: 2_592_000,
  requireClock: true,
  rootKeys: [a, b, c],
  rootThreshold: 2,
  signatures: [{ key: a, signature }],
} satisfies JsonObject;
const bytesOf = (members: JsonObject) => canonicalBytes({ ...GOOD, ...members });
const without = (member: string) =>
  canonicalBytes(Object.fromEntries(Object.entries(GOOD).filter(([name]) => name !== member)));

describe('parseTrust', () => {
  it('reads every member', () => {
    const { format: _, ...rest } = GOOD;
    const expected = {
      ...rest,
      issuedAt: WORLD_BLOCK_TIME,
      signatures: [{ key: a, signature: new Uint8Array(Buffer.from(signature, 'base64')) }],
    };
    expect(parseTrust(bytesOf({}))).toEqual(expected);
  });

  it('gives back the same bytes', () => {
    expect(canonicalTrust(parseTrust(bytesOf({})))).toEqual(bytesOf({}));
    const { trust, trustBytes } = makeWorld();
    expect(parseTrust(trustBytes)).toEqual(trust);
  });

  it.each<[string, JsonObject]>([
    ['no witness without the anchor', { anchors: ['rpc'], witnesses: [], threshold: 0 }],
    ['witnesses without the anchor', { anchors: ['rpc'] }],
    ['no quorum without the anchor', { anchors: ['witness'], rpcQuorum: 0 }],
    ['anchors in the other order', { anchors: ['rpc', 'witness'] }],
    ['no root keys', { rootKeys: [], rootThreshold: 0, signatures: [] }],
    ['a threshold of all', { threshold: 2 }],
    ['a threshold of one', { threshold: 1 }],
    ['chain 1', { chainId: 1 }],
    ['the longest max age', { maxAgeSeconds: 31_536_000 }],
    ['the shortest max age', { maxAgeSeconds: 1 }],
  ])('takes %s', (_, members) => expect(() => parseTrust(bytesOf(members))).not.toThrow());

  it.each<[string, JsonObject]>([
    ['another format', { format: 'trust-v2' }],
    ['an unknown member', { extra: 1 }],
    ['version 0', { version: 0 }],
    ['a time as seconds', { issuedAt: WORLD_BLOCK_TIME }],
    ['a time with a fraction', { issuedAt: '2026-01-01T00:00:00.5Z' }],
    ['chain 0', { chainId: 0 }],
    ['a chain as a string', { chainId: '1' }],
    ['a contract in lower case', { contract: WORLD_CONTRACT.toLowerCase() }],
    ['a code hash with 0x', { codeHash: `0x${'12'.repeat(32)}` }],
    ['a code hash in capitals', { codeHash: 'AB'.repeat(32) }],
    ['a code hash of 512 bits', { codeHash: '12'.repeat(64) }],
    ['no models', { models: [] }],
    ['unsorted models', { models: ['zeta/lane-net', 'acme/*'] }],
    ['a model twice', { models: ['acme/*', 'acme/*'] }],
    ['all models', { models: ['*'] }],
    ['all namespaces', { models: ['*/pilot-llm'] }],
    ['a part of a name', { models: ['acme/pilot*'] }],
    ['a namespace alone', { models: ['acme'] }],
    ['a namespace in capitals', { models: ['Acme/*'] }],
    ['no namespace', { models: ['/*'] }],
    ['a release', { models: ['acme/pilot-llm@1.0.0'] }],
    ['no anchors', { anchors: [] }],
    ['an anchor twice', { anchors: ['witness', 'witness'] }],
    ['an unknown anchor', { anchors: ['witness', 'oracle'] }],
    ['unsorted witnesses', { witnesses: [b, a] }],
    ['a witness twice', { witnesses: [a, a] }],
    ['a witness in lower case', { witnesses: [a.toLowerCase(), b] }],
    ['a threshold of 0 with witnesses', { threshold: 0 }],
    ['a threshold of 0 with one witness', { anchors: ['rpc'], witnesses: [a], threshold: 0 }],
    ['a threshold of 0 with witnesses and without the anchor', { anchors: ['rpc'], threshold: 0 }],
    ['the anchor witness without witnesses', { witnesses: [], threshold: 0 }],
    ['a threshold above the witnesses', { threshold: 3 }],
    ['the anchor rpc without a quorum', { rpcQuorum: 0 }],
    ['a max age of 0', { maxAgeSeconds: 0 }],
    ['a max age over a year', { maxAgeSeconds: 31_536_001 }],
    ['requireClock as a number', { requireClock: 1 }],
    ['unsorted root keys', { rootKeys: [b, a, c] }],
    ['a root threshold above the root keys', { rootThreshold: 4 }],
    ['a root threshold of 0 with root keys', { rootThreshold: 0 }],
    ['a root threshold without root keys', { rootKeys: [], rootThreshold: 1 }],
    ['a key that signed twice', { signatures: [GOOD.signatures[0]!, GOOD.signatures[0]!] }],
    [
      'unsorted signatures',
      {
        signatures: [
          { key: b, signature },
          { key: a, signature },
        ],
      },
    ],
    ['a signature of 64 bytes', { signatures: [{ key: a, signature: formatBase64(new Uint8Array(64)) }] }],
    ['a signature with an unknown member', { signatures: [{ key: a, signature, extra: 1 }] }],
  ])('refuses %s', (_, members) => expect(() => parseTrust(bytesOf(members))).toThrow(MALFORMED));

  it.each(Object.keys(GOOD))('refuses a file without %s', (member) =>
    expect(() => parseTrust(without(member))).toThrow(MALFORMED),
  );

  it('refuses what is not canonical', () => {
    expect(() => parseTrust(new Uint8Array(Buffer.from(`${Buffer.from(bytesOf({})).toString()}\n`)))).toThrow(
      MALFORMED,
    );
    expect(() => parseTrust(new Uint8Array(Buffer.from(JSON.stringify(GOOD))))).toThrow(MALFORMED);
  });

  it('names the kind of another file', () => expect(() => parseTrust(makeWorld().bundleBytes)).toThrow(/bundle-v1/));

  it('refuses more than 64 KiB before it parses', () => {
    expect(() => parseTrust(new Uint8Array(TRUST_MAX_BYTES + 1))).toThrow(expect.objectContaining({ code: 'LIMIT' }));
  });
});

describe('canonicalTrust', () => {
  it('writes nothing that no device takes', () => {
    const { trust } = makeWorld();
    expect(() => canonicalTrust({ ...trust, threshold: 5 })).toThrow(MALFORMED);
  });
});

describe('trustCovers', () => {
  it.each([
    ['acme/pilot-llm', true],
    ['acme/other', true],
    ['zeta/lane-net', true],
    ['zeta/lane-net2', false],
    ['zeta/lane', false],
    ['acmes/pilot-llm', false],
  ])('%s: %s', (model, covered) => expect(trustCovers(parseTrust(bytesOf({})), model as ModelName)).toBe(covered));
});

describe('isDevelopmentChain', () => {
  it.each([
    [31_337, true],
    [1337, true],
    [1, false],
    [11_155_111, false],
  ])('%i: %s', (chainId, development) => expect(isDevelopmentChain(chainId)).toBe(development));
});
