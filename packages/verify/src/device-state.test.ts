import type { Digest, ModelName } from '@weighbridge/core/brands';
import { canonicalBytes } from '@weighbridge/core/canonical-json';
import type { JsonObject } from '@weighbridge/core/json';
import { sha3Digest } from '@weighbridge/core/sha3';
import { describe, expect, it } from 'vitest';
import type { AcceptedClaim, ClaimFacts } from './claim.js';
import {
  chainKey,
  type DeviceState,
  dropCheckpoints,
  emptyDeviceState,
  learnConfirmed,
  learnOk,
  learnRevoked,
  resetModel,
} from './device-state.js';
import { canonicalDeviceState, DEVICE_STATE_MAX_BYTES, parseDeviceState } from './device-state-file.js';
import { makeWorld, WORLD_CONTRACT, type WorldOptions } from './testing/world.js';
import { decideClaim } from './verdict.js';

const MODEL = 'acme/pilot-llm' as ModelName;
const OTHER = 'acme/lane-net' as ModelName;
const [one, two] = ['11'.repeat(64), '22'.repeat(64)] as [Digest, Digest];
const HASH = 'ab'.repeat(32);
const CHAIN = `11155111:${WORLD_CONTRACT}`;
const REGISTRY = { chainId: 11_155_111, contract: WORLD_CONTRACT };

const state: DeviceState = {
  models: new Map([
    [MODEL, { versionCode: 5, minAllowed: 4 }],
    [OTHER, { versionCode: 9, minAllowed: 0 }],
  ]),
  releases: new Map([[one, { number: 50, hash: HASH }]]),
  chains: new Map([
    [CHAIN, { floor: 1_800_000_000, revoked: [two] }],
    [`1:${WORLD_CONTRACT}`, { floor: 5, revoked: [] }],
  ]),
};

function claimOf(options: WorldOptions): { claim: ClaimFacts; accepted: boolean } {
  const { trust, bundle, nowSeconds } = makeWorld(options);
  const decision = decideClaim({ trust, bundle, deviceState: emptyDeviceState(), hostSeconds: nowSeconds });
  return { claim: decision.claim!, accepted: decision.accepted };
}
const good = claimOf({ versionCode: 7, record: { minAllowed: 6 } });
const accepted = good.claim as AcceptedClaim;
const revoked = claimOf({ versionCode: 7, record: { status: 3, minAllowed: 8 } }).claim;

describe('learnOk', () => {
  it('starts from nothing', () => {
    expect(good.accepted).toBe(true);
    expect(learnOk(emptyDeviceState(), accepted, { hostSeconds: accepted.issuedAt + 100 })).toEqual({
      models: new Map([[MODEL, { versionCode: 7, minAllowed: 6 }]]),
      releases: new Map([[accepted.releaseDigest, { number: 100, hash: accepted.hash }]]),
      chains: new Map([[CHAIN, { floor: accepted.issuedAt + 100, revoked: [] }]]),
    });
  });

  it('raises floors, and leaves alone what is of other models, releases and chains', () => {
    const learned = learnOk(state, accepted, { hostSeconds: 1_800_000_001 });
    expect(learned.models).toEqual(new Map([...state.models, [MODEL, { versionCode: 7, minAllowed: 6 }]]));
    expect(learned.releases).toEqual(
      new Map([...state.releases, [accepted.releaseDigest, { number: 100, hash: accepted.hash }]]),
    );
    expect(learned.chains).toEqual(new Map([...state.chains, [CHAIN, { floor: 1_800_000_001, revoked: [two] }]]));
  });

  it('lowers nothing', () => {
    const high: DeviceState = { ...state, models: new Map([[MODEL, { versionCode: 70, minAllowed: 60 }]]) };
    const learned = learnOk(high, accepted, { hostSeconds: 0 });
    expect(learned.models).toEqual(high.models);
    expect(learned.chains.get(CHAIN)).toEqual({ floor: 1_800_000_000, revoked: [two] });
  });

  it('takes the signed time as a floor where the host clock is behind it', () => {
    expect(learnOk(emptyDeviceState(), accepted, { hostSeconds: 0 }).chains.get(CHAIN)!.floor).toBe(accepted.issuedAt);
  });

  it('leaves the version code to a confirmed slot at boot', () => {
    const learned = learnOk(state, accepted, { hostSeconds: 0, raiseVersionCode: false });
    expect(learned.models.get(MODEL)).toEqual({ versionCode: 5, minAllowed: 6 });
    expect(learned.releases.has(accepted.releaseDigest)).toBe(true);
    expect(learnConfirmed(learned, MODEL, 7).models.get(MODEL)).toEqual({ versionCode: 7, minAllowed: 6 });
    expect(learnConfirmed(learned, MODEL, 3).models.get(MODEL)).toEqual({ versionCode: 5, minAllowed: 6 });
  });

  it('starts a model at 0 for what was not learned', () => {
    const booted = learnOk(emptyDeviceState(), accepted, { hostSeconds: 0, raiseVersionCode: false });
    expect(booted.models.get(MODEL)).toEqual({ versionCode: 0, minAllowed: 6 });
    expect(learnConfirmed(emptyDeviceState(), MODEL, 7).models.get(MODEL)).toEqual({ versionCode: 7, minAllowed: 0 });
    expect(learnRevoked(emptyDeviceState(), revoked).models.get(MODEL)).toEqual({ versionCode: 0, minAllowed: 8 });
  });

  it('changes nothing in place', () => {
    const before = canonicalDeviceState(state);
    learnOk(state, accepted, { hostSeconds: 0 });
    learnRevoked(state, revoked);
    resetModel(state, MODEL);
    dropCheckpoints(state, REGISTRY);
    expect(canonicalDeviceState(state)).toEqual(before);
  });
});

describe('learnRevoked', () => {
  it('learns the digest and minAllowed alone', () => {
    const learned = learnRevoked(state, revoked);
    expect(learned.models).toEqual(new Map([...state.models, [MODEL, { versionCode: 5, minAllowed: 8 }]]));
    expect(learned.releases).toBe(state.releases);
    const { floor } = state.chains.get(CHAIN)!;
    expect(learned.chains.get(CHAIN)).toEqual({ floor, revoked: [two, revoked.releaseDigest].sort() });
  });

  it('has no time floor from it', () => {
    expect(learnRevoked(emptyDeviceState(), revoked).chains.get(CHAIN)!.floor).toBe(0);
  });

  it('has nothing to say about a model without minAllowed', () => {
    const { claim } = claimOf({ record: { status: 3 } });
    expect(learnRevoked(emptyDeviceState(), claim).models.size).toBe(0);
  });

  it('keeps the digests sorted', () => {
    const last: DeviceState = {
      ...emptyDeviceState(),
      chains: new Map([[CHAIN, { floor: 0, revoked: ['ff'.repeat(64) as Digest] }]]),
    };
    expect(learnRevoked(last, revoked).chains.get(CHAIN)!.revoked).toEqual([revoked.releaseDigest, 'ff'.repeat(64)]);
  });

  it('learns a digest once', () => {
    const again = learnRevoked(learnRevoked(state, revoked), revoked);
    expect(again).toEqual(learnRevoked(state, revoked));
  });
});

describe('ways back', () => {
  it('resetModel drops the floors of one model', () => {
    const reset = resetModel(state, MODEL);
    expect([...reset.models.keys()]).toEqual([OTHER]);
    expect([reset.releases, reset.chains]).toEqual([state.releases, state.chains]);
  });

  it('dropCheckpoints drops numbers and the floor of one chain, and no revocation', () => {
    const dropped = dropCheckpoints(state, REGISTRY);
    expect(dropped.models).toEqual(state.models);
    expect(dropped.releases.size).toBe(0);
    expect(dropped.chains).toEqual(new Map([...state.chains, [CHAIN, { floor: 0, revoked: [two] }]]));
  });
});

const source = JSON.parse(Buffer.from(canonicalDeviceState(state)).toString()) as JsonObject;
/** A state with other members and the check that belongs to them. */
function checked(members: JsonObject): Uint8Array {
  const { check: _, ...rest } = { ...source, ...members };
  return canonicalBytes({ ...rest, check: sha3Digest(canonicalBytes(rest)) });
}

describe('parseDeviceState', () => {
  it('reads what was written', () => {
    expect(parseDeviceState(canonicalDeviceState(state))).toEqual(state);
    expect(parseDeviceState(canonicalDeviceState(emptyDeviceState()))).toEqual(emptyDeviceState());
    expect(parseDeviceState(checked({}))).toEqual(state);
  });

  it('takes any chain id up to 2^53 - 1', () => {
    for (const chainId of ['1', '10', '100200300', '9007199254740991']) {
      const chains = { [`${chainId}:${WORLD_CONTRACT}`]: { floor: '2026-01-01T00:00:00Z', revoked: [] } };
      expect(parseDeviceState(checked({ chains })).chains.size).toBe(1);
    }
  });

  it('writes the members of the format', () => {
    const { check, ...rest } = source;
    expect(rest).toEqual({
      format: 'device-state-v1',
      models: { [MODEL]: { versionCode: 5, minAllowed: 4 }, [OTHER]: { versionCode: 9, minAllowed: 0 } },
      releases: { [one]: { number: 50, hash: HASH } },
      chains: {
        [CHAIN]: { floor: '2027-01-15T08:00:00Z', revoked: [two] },
        [`1:${WORLD_CONTRACT}`]: { floor: '1970-01-01T00:00:05Z', revoked: [] },
      },
    });
    expect(check).toBe(sha3Digest(canonicalBytes(rest)));
  });

  it.each<[string, Uint8Array]>([
    ['nothing', new Uint8Array(0)],
    ['a check of other members', canonicalBytes({ ...source, models: {} })],
    ['a check that is no digest', canonicalBytes({ ...source, check: '00' })],
    ['no check', canonicalBytes(Object.fromEntries(Object.entries(source).filter(([name]) => name !== 'check')))],
    ['a final newline', Uint8Array.of(...canonicalDeviceState(state), 10)],
    ['a cut end', canonicalDeviceState(state).subarray(0, -5)],
    ['another format', checked({ format: 'device-state-v2' })],
    ['an unknown member', checked({ extra: 1 })],
    ['a model that is no name', checked({ models: { acme: { versionCode: 1, minAllowed: 0 } } })],
    [
      'a model called __proto__',
      checked({ models: JSON.parse('{"__proto__":{"versionCode":1,"minAllowed":0}}') as JsonObject }),
    ],
    ['an unknown member of a model', checked({ models: { [MODEL]: { versionCode: 1, minAllowed: 0, extra: 1 } } })],
    ['a model without minAllowed', checked({ models: { [MODEL]: { versionCode: 1 } } })],
    ['a release that is no digest', checked({ releases: { [HASH]: { number: 1, hash: HASH } } })],
    ['a release without a hash', checked({ releases: { [one]: { number: 1 } } })],
    ['a chain that is none', checked({ chains: { '1': { floor: '2026-01-01T00:00:00Z', revoked: [] } } })],
    [
      'a chain with a leading zero',
      checked({ chains: { [`01:${WORLD_CONTRACT}`]: { floor: '2026-01-01T00:00:00Z', revoked: [] } } }),
    ],
    [
      'a chain with a third part',
      checked({ chains: { [`${CHAIN}:1`]: { floor: '2026-01-01T00:00:00Z', revoked: [] } } }),
    ],
    [
      'a chain beyond 2^53',
      checked({ chains: { [`9007199254740992:${WORLD_CONTRACT}`]: { floor: '2026-01-01T00:00:00Z', revoked: [] } } }),
    ],
    [
      'a contract in lower case',
      checked({ chains: { [CHAIN.toLowerCase()]: { floor: '2026-01-01T00:00:00Z', revoked: [] } } }),
    ],
    ['a floor as seconds', checked({ chains: { [CHAIN]: { floor: 5, revoked: [] } } })],
    [
      'a revoked digest twice',
      checked({ chains: { [CHAIN]: { floor: '2026-01-01T00:00:00Z', revoked: [one, one] } } }),
    ],
    [
      'a revoked digest that is none',
      checked({ chains: { [CHAIN]: { floor: '2026-01-01T00:00:00Z', revoked: ['00'] } } }),
    ],
    ['a list of models', checked({ models: [] })],
  ])('refuses %s', (_, bytes) =>
    expect(() => parseDeviceState(bytes)).toThrow(expect.objectContaining({ code: 'MALFORMED' })),
  );

  it('refuses any bit flipped', () => {
    const bytes = canonicalDeviceState(state);
    for (let position = 0; position < bytes.length; position += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const flipped = bytes.map((byte, index) => (index === position ? byte ^ (1 << bit) : byte));
        expect(() => parseDeviceState(flipped)).toThrow(expect.objectContaining({ code: 'MALFORMED' }));
      }
    }
  });

  it('refuses more than 16 MiB before it parses', () => {
    expect(() => parseDeviceState(new Uint8Array(DEVICE_STATE_MAX_BYTES + 1))).toThrow(
      expect.objectContaining({ code: 'LIMIT' }),
    );
  });
});

describe('chainKey', () => {
  it('is chain id and contract', () => expect(chainKey(REGISTRY)).toBe(CHAIN));
});
