import type { Address, ModelName, Version } from '@weighbridge/core/brands';
import { toHex } from '@weighbridge/core/hex';
import { describe, expect, it } from 'vitest';
import { keccak256, keccakText } from './keccak256.js';
import { type ProofInput, proveRelease } from './proof.js';
import { encodeRlp, type RlpItem, rlpInteger } from './rlp.js';
import { META_FIELDS, MODEL_FIELDS, releaseSlots, unpack } from './storage-layout.js';
import { buildTrie } from './testing/trie-builder.js';
import { makeWorld, WORLD_CONTRACT } from './testing/world.js';
import { addressBytes, wordOf } from './words.js';

const UNTRUSTED = expect.objectContaining({ code: 'UNTRUSTED' });
const MODEL = 'acme/pilot-llm' as ModelName;
const VERSION = '1.0.0' as Version;
const CODE = keccakText('code');
const SLOTS = releaseSlots(MODEL, VERSION);
const ACCOUNT = keccak256(addressBytes(WORLD_CONTRACT));

/** meta with every field set to something different. */
const META = 0xabcdn | (5n << 160n) | (2n << 213n) | (6n << 216n) | (0x80000001n << 219n) | (31n << 251n);
const STATE = { meta: META, digestHigh: 1n, digestLow: 2n ** 255n, model: 9n | (8n << 64n) | (7n << 128n) };
type State = Readonly<Partial<Record<keyof typeof STATE, bigint>>>;

function proofOf(
  state: State,
  change: {
    account?: (storageRoot: Uint8Array) => RlpItem;
    values?: Partial<Record<keyof typeof STATE, Uint8Array>>;
    extra?: readonly Uint8Array[];
  } = {},
): ProofInput {
  const slots = Object.entries(state) as [keyof typeof STATE, bigint][];
  const storage = buildTrie(
    slots.map(([name, value]) => [keccak256(SLOTS[name]), change.values?.[name] ?? encodeRlp(rlpInteger(value))]),
  );
  const account = encodeRlp(change.account?.(storage.root) ?? [rlpInteger(1), rlpInteger(0), storage.root, CODE]);
  const accounts = buildTrie([
    [ACCOUNT, account],
    ...[1, 2, 3].map((n) => [keccakText(`${n}`), encodeRlp(rlpInteger(n))] as const),
  ]);
  const paths = Object.values(SLOTS).flatMap((slot) => storage.proofOf(keccak256(slot)));
  const nodes = new Map(
    [...accounts.proofOf(ACCOUNT), ...paths, ...(change.extra ?? [])].map((node) => [toHex(node), node]),
  );
  return {
    stateRoot: accounts.root,
    nodes: [...nodes.values()],
    contract: WORLD_CONTRACT,
    codeHash: toHex(CODE),
    model: MODEL,
    version: VERSION,
  };
}

describe('releaseSlots', () => {
  it('puts releases into mapping 0 in three slots, models into mapping 1', () => {
    const base = keccak256(keccakText('acme/pilot-llm@1.0.0'), new Uint8Array(32));
    const slot = (steps: bigint) => toHex(wordOf(BigInt(`0x${toHex(base)}`) + steps));
    expect(toHex(SLOTS.meta)).toBe(slot(0n));
    expect(toHex(SLOTS.digestHigh)).toBe(slot(1n));
    expect(toHex(SLOTS.digestLow)).toBe(slot(2n));
    expect(toHex(SLOTS.model)).toBe(toHex(keccak256(keccakText('acme/pilot-llm'), wordOf(1))));
  });

  it('has fields that fill a slot', () => {
    const bits = (fields: Readonly<Record<string, bigint>>) => Object.values(fields).reduce((a, b) => a + b);
    expect([bits(META_FIELDS), bits(MODEL_FIELDS)]).toEqual([256n, 192n]);
    expect(unpack(2n ** 192n, MODEL_FIELDS).rest).toBe(1n);
  });
});

describe('proveRelease', () => {
  it('reads every field', () => {
    expect(proveRelease(proofOf(STATE))).toEqual({
      publisher: '0x000000000000000000000000000000000000ABcD',
      versionCode: 5,
      status: 'approved',
      reason: 6,
      approvals: 0x80000001,
      threshold: 32,
      digest: `${'0'.repeat(63)}1${'8'.padEnd(64, '0')}`,
      latest: 9,
      latestApproved: 8,
      minAllowed: 7,
    });
  });

  it.each([
    [1, 'pending'],
    [2, 'approved'],
    [3, 'revoked'],
  ])('reads status %i as %s', (status, word) => {
    expect(proveRelease(proofOf({ ...STATE, meta: 1n | (5n << 160n) | (BigInt(status) << 213n) }))).toMatchObject({
      status: word,
    });
  });

  it('proves that a release is not registered', () => {
    expect(proveRelease(proofOf({ model: STATE.model }))).toBeUndefined();
    expect(proveRelease(proofOf({}))).toBeUndefined();
  });

  it('takes version codes up to 2^53 - 1', () => {
    const most = 2n ** 53n - 1n;
    const top = proveRelease(
      proofOf({ ...STATE, meta: 1n | (most << 160n) | (2n << 213n), model: most | (most << 64n) | (most << 128n) }),
    );
    const code = Number.MAX_SAFE_INTEGER;
    expect(top).toMatchObject({ versionCode: code, latest: code, latestApproved: code, minAllowed: code });
  });

  const { meta, digestHigh, digestLow, model } = STATE;
  const broken: readonly (readonly [string, ProofInput])[] = [
    ['meta absent', proofOf({ digestHigh, digestLow, model })],
    ['digest high absent', proofOf({ meta, digestLow, model })],
    ['digest low absent', proofOf({ meta, digestHigh, model })],
    ['model absent', proofOf({ meta, digestHigh, digestLow })],
    ['status 0', proofOf({ ...STATE, meta: 1n | (5n << 160n) })],
    ['status 4', proofOf({ ...STATE, meta: 1n | (5n << 160n) | (4n << 213n) })],
    ['version code 0', proofOf({ ...STATE, meta: 1n | (2n << 213n) })],
    ['a model slot with more than its fields', proofOf({ ...STATE, model: model | (1n << 192n) })],
    ['a model without latest', proofOf({ ...STATE, model: 8n << 64n })],
    ['latest beyond 2^53', proofOf({ ...STATE, model: 2n ** 53n })],
    ['minAllowed beyond 2^53', proofOf({ ...STATE, model: 9n | ((2n ** 53n) << 128n) })],
    ['another code hash', { ...proofOf(STATE), codeHash: toHex(keccakText('other code')) }],
    ['another contract', { ...proofOf(STATE), contract: '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359' as Address }],
    ['another state root', { ...proofOf(STATE), stateRoot: wordOf(1) }],
    ['another model', { ...proofOf(STATE), model: 'acme/lane-net' as ModelName }],
    ['another version', { ...proofOf(STATE), version: '1.0.1' as Version }],
    ['a node too many', proofOf(STATE, { extra: [encodeRlp([rlpInteger(32), wordOf(1)])] })],
    ['an account of three fields', proofOf(STATE, { account: (root) => [rlpInteger(1), root, CODE] })],
    [
      'an account of five fields',
      proofOf(STATE, { account: (root) => [rlpInteger(1), rlpInteger(0), root, CODE, CODE] }),
    ],
    ['an account that is a string', proofOf(STATE, { account: () => CODE })],
    [
      'a storage root of 31 bytes',
      proofOf(STATE, { account: (root) => [rlpInteger(1), rlpInteger(0), root.subarray(1), CODE] }),
    ],
    [
      'a storage root that is a list',
      proofOf(STATE, { account: (root) => [rlpInteger(1), rlpInteger(0), [root], CODE] }),
    ],
    [
      'an empty code hash',
      proofOf(STATE, { account: (root) => [rlpInteger(1), rlpInteger(0), root, new Uint8Array(0)] }),
    ],
    ['a code hash that is a list', proofOf(STATE, { account: (root) => [rlpInteger(1), rlpInteger(0), root, [CODE]] })],
    ...Object.entries({
      'no RLP': Uint8Array.of(0x85, 1),
      'RLP with trailing bytes': Uint8Array.of(5, 0),
      'a list': encodeRlp([rlpInteger(5)]),
      nothing: encodeRlp(new Uint8Array(0)),
      'a number with a leading zero': encodeRlp(Uint8Array.of(0, 5)),
      'a number of 33 bytes': encodeRlp(new Uint8Array(33).fill(1)),
    }).flatMap(([what, value]) =>
      (['meta', 'digestHigh', 'digestLow', 'model'] as const).map(
        (slot) => [`${what} as ${slot}`, proofOf(STATE, { values: { [slot]: value } })] as const,
      ),
    ),
  ];
  it.each(broken)('refuses %s', (_, input) => expect(() => proveRelease(input)).toThrow(UNTRUSTED));

  it('needs every node', () => {
    const input = proofOf(STATE);
    expect(input.nodes.length).toBeGreaterThan(4);
    for (const index of input.nodes.keys()) {
      expect(() => proveRelease({ ...input, nodes: input.nodes.toSpliced(index, 1) })).toThrow(UNTRUSTED);
    }
  });

  it('refuses a proof that brings a fifth slot along', () => {
    const { trust, bundle } = makeWorld({ otherSlots: 40 });
    const input = { ...trust, ...bundle.manifest, stateRoot: bundle.block.stateRoot };
    const world = makeWorld({ otherSlots: 40, version: '2.0.0' });
    expect(proveRelease({ ...input, nodes: bundle.nodes })).toMatchObject({ status: 'approved' });
    expect(() => proveRelease({ ...input, nodes: [...bundle.nodes, world.bundle.nodes[0]!] })).toThrow(UNTRUSTED);
  });

  it('refuses a contract that is not in the state', () => {
    const accounts = buildTrie([1, 2, 3].map((n) => [keccakText(`${n}`), encodeRlp(rlpInteger(n))]));
    expect(() =>
      proveRelease({ ...proofOf(STATE), stateRoot: accounts.root, nodes: accounts.proofOf(ACCOUNT) }),
    ).toThrow(UNTRUSTED);
  });
});
