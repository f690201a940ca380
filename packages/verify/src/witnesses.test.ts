import type { Address } from '@weighbridge/core/brands';
import { describe, expect, it } from 'vitest';
import { type Bundle, buildBundle, parseBundle } from './bundle.js';
import type { CheckpointSignature } from './checkpoint.js';
import { type DeviceState, emptyDeviceState } from './device-state.js';
import { testKey } from './testing/keys.js';
import {
  makeHeader,
  makeWorld,
  signCheckpoint,
  WORLD_BLOCK_TIME as BLOCK,
  type WorldSignature,
} from './testing/world.js';
import type { Trust } from './trust.js';
import { type ClaimDecision, decideClaim } from './verdict.js';

/** Three trusted witnesses, of which two are needed, and a stranger. */
const world = makeWorld({ witnesses: 3, trust: { threshold: 2, issuedAt: BLOCK - 86_400 } });
const [w1, w2, w3] = world.witnesses as [
  (typeof world.witnesses)[0],
  (typeof world.witnesses)[0],
  (typeof world.witnesses)[0],
];
const stranger = testKey('stranger');
const block = { number: 100, hash: world.parts.checkpoint.hash };
const MONTH = 2_592_000;

const signed = (...signers: readonly WorldSignature[]) => signCheckpoint(world.trust, block, BLOCK, signers).signatures;
const sealed = (signatures: readonly CheckpointSignature[]): Bundle =>
  parseBundle(buildBundle({ ...world.parts, checkpoint: { ...block, signatures } }));
const moved = (entry: CheckpointSignature, change: Partial<CheckpointSignature>) => ({ ...entry, ...change });

function verdict(
  signatures: readonly CheckpointSignature[],
  {
    trust = {},
    hostSeconds = BLOCK + 60,
    deviceState = emptyDeviceState(),
  }: { trust?: Partial<Trust>; hostSeconds?: number; deviceState?: DeviceState } = {},
): ClaimDecision {
  return decideClaim({ trust: { ...world.trust, ...trust }, bundle: sealed(signatures), deviceState, hostSeconds });
}
const codeOf = (decision: ClaimDecision) => (decision.accepted ? 'OK' : decision.refusal.code);

describe('threshold', () => {
  const [one] = signed({ by: w1 }) as [CheckpointSignature];
  const other = { number: 101, hash: block.hash };
  it.each<[string, readonly CheckpointSignature[], string]>([
    ['two of two needed', signed({ by: w1 }, { by: w2 }), 'OK'],
    ['all three', signed({ by: w1 }, { by: w2 }, { by: w3 }), 'OK'],
    ['one of two needed', signed({ by: w1 }), 'UNTRUSTED'],
    ['none', [], 'UNTRUSTED'],
    ['one and a stranger', signed({ by: w1 }, { by: stranger }), 'UNTRUSTED'],
    ['strangers alone', signed({ by: stranger }, { by: testKey('another stranger') }), 'UNTRUSTED'],
    ['enough and a stranger', signed({ by: w1 }, { by: w2 }, { by: stranger }), 'OK'],
    ['one signature under two names', [one, moved(one, { witness: w2.address })], 'UNTRUSTED'],
    [
      'enough, and one by another key than it says',
      [...signed({ by: w1 }, { by: w2 }), moved(one, { witness: w3.address })],
      'UNTRUSTED',
    ],
    [
      'enough, and a stranger by another key than it says',
      [...signed({ by: w1 }, { by: w2 }), moved(one, { witness: stranger.address })],
      'UNTRUSTED',
    ],
    [
      'enough, one with a later time than it signed',
      [moved(one, { issuedAt: BLOCK + 1 }), ...signed({ by: w2 }, { by: w3 })],
      'UNTRUSTED',
    ],
    [
      'enough, one with a longer age than it signed',
      [moved(one, { maxAgeSeconds: MONTH + 1 }), ...signed({ by: w2 }, { by: w3 })],
      'UNTRUSTED',
    ],
    [
      'signatures over another number',
      signCheckpoint(world.trust, other, BLOCK, [{ by: w1 }, { by: w2 }]).signatures,
      'UNTRUSTED',
    ],
    [
      'signatures for another chain',
      signCheckpoint({ ...world.trust, chainId: 1 }, block, BLOCK, [{ by: w1 }, { by: w2 }]).signatures,
      'UNTRUSTED',
    ],
    [
      'signatures for another contract',
      signCheckpoint({ ...world.trust, contract: w1.address }, block, BLOCK, [{ by: w1 }, { by: w2 }]).signatures,
      'UNTRUSTED',
    ],
  ])('%s: %s', (_, signatures, code) => expect(codeOf(verdict(signatures))).toBe(code));

  it('does not take a witness of another trust file', () => {
    expect(
      codeOf(
        verdict(signed({ by: w1 }, { by: w2 }), {
          trust: { witnesses: [w1.address, stranger.address].sort() as Address[] },
        }),
      ),
    ).toBe('UNTRUSTED');
  });
});

describe('checkpoint and header', () => {
  const { stateRoot } = world.bundle.block;
  const verdictOn = (header: Uint8Array, number: number, hash = block.hash) => {
    const { signatures } = signCheckpoint(world.trust, { number, hash }, BLOCK, [{ by: w1 }, { by: w2 }]);
    const bundle = parseBundle(buildBundle({ ...world.parts, header, checkpoint: { number, hash, signatures } }));
    return codeOf(decideClaim({ trust: world.trust, bundle, deviceState: 'unused', hostSeconds: BLOCK + 60 }));
  };

  it('must be of one block', () => {
    expect(verdictOn(world.parts.header, 100)).toBe('OK');
    expect(verdictOn(makeHeader(stateRoot, 100, BLOCK - 1), 100)).toBe('UNTRUSTED');
    expect(verdictOn(world.parts.header, 100, '00'.repeat(32))).toBe('UNTRUSTED');
  });

  it('must have the number that the header has', () => expect(verdictOn(world.parts.header, 101)).toBe('UNTRUSTED'));

  it('must not be signed before the block was made', () => {
    const times = (first: number, second: number) =>
      codeOf(verdict(signed({ by: w1, issuedAt: BLOCK + first }, { by: w2, issuedAt: BLOCK + second })));
    expect([times(0, 0), times(50, 0), times(0, -1), times(50, -1), times(-1, -1)]).toEqual([
      'OK',
      'OK',
      'UNTRUSTED',
      'UNTRUSTED',
      'UNTRUSTED',
    ]);
  });
});

describe('issue time', () => {
  const issuedAt = (threshold: number, ...seconds: readonly number[]) => {
    const signatures = signed(
      ...seconds.map((second, index) => ({ by: world.witnesses[index]!, issuedAt: BLOCK + second })),
    );
    const { claim } = verdict(signatures, { trust: { threshold }, hostSeconds: BLOCK + 1000 });
    return claim!.issuedAt - BLOCK;
  };

  it.each([
    [1, [10, 20, 30], 30],
    [2, [10, 20, 30], 20],
    [3, [10, 20, 30], 10],
    [2, [30, 10, 20], 20],
    [2, [30, 30, 20], 30],
    [2, [10, 20], 10],
  ] as const)('is the %i. newest of %j', (threshold, seconds, expected) =>
    expect(issuedAt(threshold, ...seconds)).toBe(expected),
  );

  it('does not listen to strangers', () => {
    const { claim } = verdict(signed({ by: w1 }, { by: w2 }, { by: stranger, issuedAt: BLOCK + 50, maxAgeSeconds: 1 }));
    expect(claim).toMatchObject({ issuedAt: BLOCK, maxAgeSeconds: MONTH });
  });
});

describe('max age', () => {
  it.each([
    [[100, 200, 300], 1000, 100],
    [[300, 100, 200], 1000, 100],
    [[300, 200, 400], 50, 50],
  ] as const)('is the smallest of %j and %i', (ages, ofTrust, expected) => {
    const signatures = signed(...ages.map((maxAgeSeconds, index) => ({ by: world.witnesses[index]!, maxAgeSeconds })));
    const { claim } = verdict(signatures, { trust: { maxAgeSeconds: ofTrust } });
    expect(claim!.maxAgeSeconds).toBe(expected);
  });
});

describe('age', () => {
  const signatures = signed({ by: w1 }, { by: w2 });
  const floorAt = (floor: number): DeviceState => ({
    ...emptyDeviceState(),
    chains: new Map([[`${world.trust.chainId}:${world.trust.contract}`, { floor, revoked: [] }]]),
  });

  it.each([
    [-1, 'OK'],
    [0, 'OK'],
    [1, 'STALE'],
    [315_360_000, 'STALE'],
  ])('max age %i s by the host clock: %s', (seconds, code) =>
    expect(codeOf(verdict(signatures, { hostSeconds: BLOCK + MONTH + seconds }))).toBe(code),
  );

  it.each([
    [-1, 'OK'],
    [0, 'OK'],
    [1, 'STALE'],
  ])('max age %i s by the time floor, the clock moved back: %s', (seconds, code) => {
    expect(codeOf(verdict(signatures, { hostSeconds: 0, deviceState: floorAt(BLOCK + MONTH + seconds) }))).toBe(code);
  });

  it.each([
    ['a clock that was never set', 0, 0, 'unset', 0],
    ['a clock a second behind the issue time', BLOCK - 1, 0, 'unset', 0],
    ['a clock at the issue time', BLOCK, 0, 'host', 0],
    ['a clock after it', BLOCK + 5, 0, 'host', 5],
    ['a clock a second behind the floor', BLOCK + 99, BLOCK + 100, 'unset', 100],
    ['a clock at the floor', BLOCK + 100, BLOCK + 100, 'host', 100],
  ])('%s', (_, hostSeconds, floor, clock, ageSeconds) => {
    expect(verdict(signatures, { hostSeconds, deviceState: floorAt(floor) }).claim).toMatchObject({
      clock,
      ageSeconds,
    });
  });

  it.each([
    [-1, 'unset', 'UNVERIFIABLE'],
    [0, 'host', 'OK'],
  ])('a clock %i s from the time of the trust file', (seconds, clock, required) => {
    const trust = { issuedAt: BLOCK + 500 };
    expect(verdict(signatures, { trust, hostSeconds: BLOCK + 500 + seconds }).claim).toMatchObject({
      clock,
      ageSeconds: 500 + seconds,
    });
    expect(
      codeOf(verdict(signatures, { trust: { ...trust, requireClock: true }, hostSeconds: BLOCK + 500 + seconds })),
    ).toBe(required);
  });

  it('does not require a clock unless it is asked to', () => {
    expect(codeOf(verdict(signatures, { hostSeconds: 0 }))).toBe('OK');
    expect(codeOf(verdict(signatures, { hostSeconds: 0, trust: { requireClock: true } }))).toBe('UNVERIFIABLE');
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 1.5])('does not count with a clock that says %d', (hostSeconds) => {
    expect(() => verdict(signatures, { hostSeconds })).toThrow(RangeError);
  });

  it('says how old the proof is', () => {
    const decision = verdict(signatures, { hostSeconds: BLOCK + 31 * 86_400 });
    expect(decision.accepted ? '' : decision.refusal.message).toContain('31 days old, at most 30 days');
  });
});
