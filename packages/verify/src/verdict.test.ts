import type { Digest, ModelName, Version } from '@weighbridge/core/brands';
import { releaseRef } from '@weighbridge/core/names';
import type { Refusal } from '@weighbridge/core/outcome';
import { describe, expect, it } from 'vitest';
import { chainKey, type DeviceState, emptyDeviceState } from './device-state.js';
import type { FolderMatch } from './file-set.js';
import { makeWorld, type World, type WorldOptions } from './testing/world.js';
import { type ClaimDecision, type ClaimInput, decideClaim } from './verdict.js';

/** One thing that is wrong, spread over what a verdict looks at. */
interface Ailment {
  readonly name: string;
  readonly code: Refusal;
  /** What it changes: two that change the same thing cannot be had at once. */
  readonly touches: readonly string[];
  readonly world?: WorldOptions;
  readonly input?: (world: World) => Partial<ClaimInput>;
  readonly state?: (state: DeviceState, world: World) => DeviceState;
}

const MODEL = 'acme/pilot-llm' as ModelName;
const DAY = 86_400;
const MONTH = 30 * DAY;

type Remember = (state: DeviceState, world: World) => DeviceState;
function withModel(versionCode: number, minAllowed: number): Remember {
  return (state) => ({ ...state, models: new Map([[MODEL, { versionCode, minAllowed }]]) });
}
function withBlock(number: number, hash?: string): Remember {
  return (state, { bundle }) => ({
    ...state,
    releases: new Map([[bundle.releaseDigest, { number, hash: hash ?? bundle.block.hash }]]),
  });
}

/** In the order in which they count. */
const AILMENTS: readonly Ailment[] = [
  { name: 'too few witnesses', code: 'UNTRUSTED', touches: ['threshold'], world: { signatures: [] } },
  { name: 'another code hash', code: 'UNTRUSTED', touches: ['code'], world: { trust: { codeHash: '00'.repeat(32) } } },
  {
    name: 'no anchor for it',
    code: 'UNTRUSTED',
    touches: ['anchors'],
    world: { trust: { anchors: ['rpc'], rpcQuorum: 1 } },
  },
  {
    name: 'another hash for a known number',
    code: 'UNTRUSTED',
    touches: ['state', 'releases'],
    state: withBlock(100, '00'.repeat(32)),
  },
  {
    name: 'a model that is not covered',
    code: 'WRONG_ARTIFACT',
    touches: ['models'],
    world: { trust: { models: ['acme/lane-net'] } },
  },
  {
    name: 'another release than wanted',
    code: 'WRONG_ARTIFACT',
    touches: ['wanted'],
    input: () => ({ wanted: releaseRef(MODEL, '1.0.1' as Version) }),
  },
  {
    name: 'a folder of another release',
    code: 'WRONG_ARTIFACT',
    touches: ['folder'],
    input: () => ({ folder: 'none-listed' }),
  },
  { name: 'revoked', code: 'REVOKED', touches: ['status'], world: { record: { status: 3, reason: 2 } } },
  {
    name: 'revoked before',
    code: 'REVOKED',
    touches: ['state', 'revoked'],
    state: (state, { bundle, trust }) => chainState(state, trust, { revoked: [bundle.releaseDigest] }),
  },
  { name: 'not registered', code: 'UNVERIFIABLE', touches: ['status', 'minAllowed', 'code'], world: { record: null } },
  {
    name: 'a damaged state',
    code: 'UNVERIFIABLE',
    touches: ['state', 'releases', 'revoked', 'floors', 'floor'],
    input: () => ({ deviceState: 'damaged' }),
  },
  {
    name: 'a clock that is required and wrong',
    code: 'UNVERIFIABLE',
    touches: ['clock'],
    world: { trust: { requireClock: true, issuedAt: 1_767_225_600 + 365 * DAY } },
  },
  {
    name: 'below minAllowed',
    code: 'ROLLBACK',
    touches: ['minAllowed'],
    world: { record: { minAllowed: 6, latest: 6, latestApproved: 6 } },
  },
  { name: 'below minAllowed of before', code: 'ROLLBACK', touches: ['state', 'floors'], state: withModel(0, 6) },
  { name: 'below what was accepted', code: 'ROLLBACK', touches: ['state', 'floors'], state: withModel(6, 0) },
  { name: 'an older checkpoint', code: 'ROLLBACK', touches: ['state', 'releases'], state: withBlock(101) },
  {
    name: 'an old proof',
    code: 'STALE',
    touches: ['host'],
    input: ({ nowSeconds }) => ({ hostSeconds: nowSeconds + MONTH }),
  },
  {
    name: 'an old proof by the time floor',
    code: 'STALE',
    touches: ['state', 'floor'],
    state: (state, { trust, nowSeconds }) => chainState(state, trust, { floor: nowSeconds + MONTH }),
  },
  { name: 'pending', code: 'NOT_APPROVED', touches: ['status'], world: { record: { status: 1, approvals: 0 } } },
];

function chainState(
  state: DeviceState,
  trust: World['trust'],
  change: { floor?: number; revoked?: readonly Digest[] },
): DeviceState {
  const before = state.chains.get(chainKey(trust)) ?? { floor: 0, revoked: [] };
  return { ...state, chains: new Map([[chainKey(trust), { ...before, ...change }]]) };
}

/** The verdict on a release of version code 5 that has all of these ailments and no other. */
function verdictWith(...ailments: readonly Ailment[]): ClaimDecision {
  const worlds = ailments.map((ailment) => ailment.world ?? {});
  const record = worlds.some((world) => world.record === null)
    ? null
    : Object.assign({}, ...worlds.map((world) => world.record));
  const trust = Object.assign({}, ...worlds.map((world) => world.trust));
  const world = makeWorld(Object.assign({ versionCode: 5 }, ...worlds, { record, trust }));
  const deviceState = ailments.reduce((state, ailment) => ailment.state?.(state, world) ?? state, emptyDeviceState());
  const input: ClaimInput = { trust: world.trust, bundle: world.bundle, deviceState, hostSeconds: world.nowSeconds };
  return decideClaim(Object.assign({}, input, ...ailments.map((ailment) => ailment.input?.(world))));
}

const codeOf = (decision: ClaimDecision) => (decision.accepted ? 'OK' : decision.refusal.code);

describe('decideClaim', () => {
  it('accepts a good claim', () => expect(codeOf(verdictWith())).toBe('OK'));

  it.each(AILMENTS)('refuses $name as $code', (ailment) => {
    const decision = verdictWith(ailment);
    expect(decision).toMatchObject({ accepted: false, refusal: { code: ailment.code } });
    if (!decision.accepted) expect([decision.refusal.message, decision.refusal.hint]).not.toContain('');
  });

  const pairs = AILMENTS.flatMap((first, index) => AILMENTS.slice(index + 1).map((second) => [first, second] as const));
  const possible = pairs.filter(([first, second]) => !clash(first, second));

  it('has pairs of most ailments', () => expect(possible.length).toBeGreaterThan(120));

  it.each(possible.map(([first, second]) => ({ first, second, names: `${first.name} and ${second.name}` })))(
    '$names: the first counts',
    ({ first, second }) => {
      expect(codeOf(verdictWith(first, second))).toBe(first.code);
    },
  );

  it('is UNTRUSTED however much else is wrong', () => {
    const most = AILMENTS.filter((ailment, index) =>
      AILMENTS.slice(0, index).every((before) => !clash(before, ailment)),
    );
    expect(most.length).toBeGreaterThan(8);
    expect(codeOf(verdictWith(...most))).toBe('UNTRUSTED');
  });
});

/** Things that cannot be had at once: the same thing changed twice, or a state that is damaged. */
function clash(first: Ailment, second: Ailment): boolean {
  const specific = (ailment: Ailment) => ailment.touches.filter((thing) => thing !== 'state');
  return specific(first).some((thing) => second.touches.includes(thing));
}

describe('what decideClaim looks at', () => {
  const world = makeWorld({ versionCode: 5, record: { threshold: 2, approvals: 3, latest: 7, latestApproved: 6 } });
  const input: ClaimInput = {
    trust: world.trust,
    bundle: world.bundle,
    deviceState: emptyDeviceState(),
    hostSeconds: world.nowSeconds,
  };

  it('tells what is proven', () => {
    expect(decideClaim(input)).toMatchObject({
      accepted: true,
      claim: {
        ref: world.ref,
        releaseDigest: world.bundle.releaseDigest,
        registry: { chainId: world.trust.chainId, contract: world.trust.contract },
        status: 'superseded',
        anchor: 'witness',
        clock: 'host',
        ageSeconds: 60,
        maxAgeSeconds: MONTH,
        number: 100,
        hash: world.bundle.block.hash,
        development: false,
        proven: { threshold: 2, approvals: 3, latest: 7, latestApproved: 6, minAllowed: 0 },
      },
    });
  });

  it.each([
    [5, 'approved'],
    [4, 'approved'],
    [6, 'superseded'],
  ])('latest approved %i makes version code 5 %s', (latestApproved, status) => {
    const { trust, bundle, nowSeconds } = makeWorld({ versionCode: 5, record: { latest: 6, latestApproved } });
    expect(decideClaim({ trust, bundle, deviceState: 'unused', hostSeconds: nowSeconds })).toMatchObject({
      claim: { status },
    });
  });

  it.each([31_337, 1337])('says that chain %i is for development', (chainId) => {
    const { trust, bundle, nowSeconds } = makeWorld({ chainId });
    expect(decideClaim({ trust, bundle, deviceState: 'unused', hostSeconds: nowSeconds })).toMatchObject({
      claim: { development: true },
    });
  });

  it('tells what is proven beside a refusal, but not beside UNTRUSTED', () => {
    expect(decideClaim({ ...input, deviceState: 'damaged' })).toMatchObject({
      accepted: false,
      claim: { status: 'superseded' },
    });
    expect(verdictWith(AILMENTS[0]!)).not.toHaveProperty('claim');
  });

  it('takes the wanted release', () => expect(codeOf(decideClaim({ ...input, wanted: world.ref }))).toBe('OK'));

  it.each<[FolderMatch, string]>([
    ['empty', 'OK'],
    ['some-listed', 'OK'],
    ['none-listed', 'WRONG_ARTIFACT'],
  ])('folder %s: %s', (folder, code) => expect(codeOf(decideClaim({ ...input, folder }))).toBe(code));

  it('takes a namespace of the trust file', () => {
    expect(codeOf(decideClaim({ ...input, trust: { ...world.trust, models: ['acme/*'] } }))).toBe('OK');
    expect(codeOf(decideClaim({ ...input, trust: { ...world.trust, models: ['acm/*'] } }))).toBe('WRONG_ARTIFACT');
  });

  it.each([
    ['the same version code', withModel(5, 0), 'OK'],
    ['a version code below', withModel(4, 0), 'OK'],
    ['a version code above', withModel(6, 0), 'ROLLBACK'],
    ['minAllowed equal', withModel(0, 5), 'OK'],
    ['minAllowed above', withModel(0, 6), 'ROLLBACK'],
    ['the same block', withBlock(100), 'OK'],
    ['a block before', withBlock(99), 'OK'],
    ['a block before with another hash', withBlock(99, '00'.repeat(32)), 'OK'],
    ['a block after', withBlock(101), 'ROLLBACK'],
    ['the same number with another hash', withBlock(100, '00'.repeat(32)), 'UNTRUSTED'],
  ] as const)('remembers %s: %s', (_, remember, code) => {
    expect(codeOf(decideClaim({ ...input, deviceState: remember(emptyDeviceState(), world) }))).toBe(code);
  });

  it('compares checkpoints of the same release alone', () => {
    const releases = new Map([['00'.repeat(64) as Digest, { number: 100, hash: '00'.repeat(32) }]]);
    expect(codeOf(decideClaim({ ...input, deviceState: { ...emptyDeviceState(), releases } }))).toBe('OK');
  });

  it('obeys revocations and floors of its own chain and contract alone', () => {
    const { chains } = chainState(
      emptyDeviceState(),
      { ...world.trust, chainId: 1 },
      { revoked: [world.bundle.releaseDigest], floor: 4e9 },
    );
    expect(codeOf(decideClaim({ ...input, deviceState: { ...emptyDeviceState(), chains } }))).toBe('OK');
  });

  it('takes minAllowed of the proof up to the version code', () => {
    const at = (minAllowed: number) => {
      const { trust, bundle, nowSeconds } = makeWorld({ versionCode: 5, record: { minAllowed } });
      return codeOf(decideClaim({ trust, bundle, deviceState: 'unused', hostSeconds: nowSeconds }));
    };
    expect([at(4), at(5), at(6)]).toEqual(['OK', 'OK', 'ROLLBACK']);
  });
});
