import type { Digest, ModelName } from '@weighbridge/core/brands';
import { canonicalBytes, parseCanonical } from '@weighbridge/core/canonical-json';
import { isDigest } from '@weighbridge/core/hex';
import { type JsonObject, malformed } from '@weighbridge/core/json';
import { Members } from '@weighbridge/core/members';
import { isModelName } from '@weighbridge/core/names';
import { sha3Digest } from '@weighbridge/core/sha3';
import { formatTime } from '@weighbridge/core/times';
import type { AcceptedClaim, ClaimFacts } from './claim.js';
import type { Registry } from './eip712.js';
import { readSortedSet, readTime, wrongKind } from './encodings.js';
import { isAddress } from './signatures.js';

/** About 70,000 releases. */
export const DEVICE_STATE_MAX_BYTES = 16 * 1024 * 1024;

const WHAT = 'the device state';
/** 9999-12-31T23:59:59Z, the last time that our formats can spell. */
const LAST_TIME = 253_402_300_799;
const NO_MODEL: ModelFloor = { versionCode: 0, minAllowed: 0 };
const NO_CHAIN: ChainFloor = { floor: 0, revoked: [] };

/** device-state-v1 §2.1: floors of a model. */
export interface ModelFloor {
  /** Highest that was accepted, 0 when none was. */
  readonly versionCode: number;
  readonly minAllowed: number;
}

/** device-state-v1 §2.2: the newest block that a release was accepted at. */
export interface SeenBlock {
  readonly number: number;
  /** 64 lower-case hex digits. */
  readonly hash: string;
}

/** device-state-v1 §2.3: what is known of one registry on one chain. */
export interface ChainFloor {
  /** Unix seconds: it has been at least this late. */
  readonly floor: number;
  /** Sorted. */
  readonly revoked: readonly Digest[];
}

/** device-state-v1: what a device remembers, so that it cannot be led back. Never changed, always replaced. */
export interface DeviceState {
  readonly models: ReadonlyMap<ModelName, ModelFloor>;
  readonly releases: ReadonlyMap<Digest, SeenBlock>;
  /** By `chainKey`. */
  readonly chains: ReadonlyMap<string, ChainFloor>;
}

export function emptyDeviceState(): DeviceState {
  return { models: new Map(), releases: new Map(), chains: new Map() };
}

export function chainKey({ chainId, contract }: Registry): string {
  return `${chainId}:${contract}`;
}

export function modelFloor(state: DeviceState, model: ModelName): ModelFloor {
  return state.models.get(model) ?? NO_MODEL;
}

export function chainFloor(state: DeviceState, registry: Registry): ChainFloor {
  return state.chains.get(chainKey(registry)) ?? NO_CHAIN;
}

/**
 * device-state-v1 §1–§2: parses a device state. Whatever it throws means damaged, which is UNVERIFIABLE in a verdict.
 * @throws MALFORMED, LIMIT
 */
export function parseDeviceState(bytes: Uint8Array): DeviceState {
  const value = parseCanonical(bytes, WHAT, { maxBytes: DEVICE_STATE_MAX_BYTES });
  if (value.format !== 'device-state-v1') throw wrongKind(WHAT, value, 'device-state-v1');
  const members = Members.of(value, WHAT);
  members.word('format', 'device-state-v1');
  const state: DeviceState = {
    models: readMap(members.object('models'), isModelName, readModelFloor),
    releases: readMap(members.object('releases'), isDigest, readSeenBlock),
    chains: readMap(members.object('chains'), isChainKey, readChainFloor),
  };
  if (members.digest('check') !== checkOf(value)) throw malformed(WHAT, 'has a check that does not belong to the rest');
  members.done();
  return state;
}

/** The bytes of a device state, its check included. */
export function canonicalDeviceState(state: DeviceState): Uint8Array {
  const value: JsonObject = {
    format: 'device-state-v1',
    models: Object.fromEntries([...state.models].map(([model, floor]) => [model, { ...floor }])),
    releases: Object.fromEntries([...state.releases].map(([digest, block]) => [digest, { ...block }])),
    chains: Object.fromEntries(
      [...state.chains].map(([key, chain]) => [key, { floor: formatTime(chain.floor), revoked: chain.revoked }]),
    ),
  };
  return canonicalBytes({ ...value, check: checkOf(value) });
}

/** device-state-v1 §1.3: it finds accidents, not attackers: whoever may write the file may write its check. */
function checkOf({ check: _, ...rest }: JsonObject): Digest {
  return sha3Digest(canonicalBytes(rest));
}

export interface Learning {
  /** Unix seconds of the host clock; it becomes a floor only here, with an OK. */
  readonly hostSeconds: number;
  /** device-state-v1 §3.2: false at boot, where the version code counts only once the slot is confirmed. True when absent. */
  readonly raiseVersionCode?: boolean;
}

/** device-state-v1 §3.1: after an OK. */
export function learnOk(
  state: DeviceState,
  claim: AcceptedClaim,
  { hostSeconds, raiseVersionCode = true }: Learning,
): DeviceState {
  const { ref, registry, proven, releaseDigest, number, hash, issuedAt } = claim;
  const chain = chainFloor(state, registry);
  const floor = Math.min(LAST_TIME, Math.max(chain.floor, hostSeconds, issuedAt));
  return {
    models: raiseModel(state, ref.model, raiseVersionCode ? proven.versionCode : 0, proven.minAllowed),
    releases: new Map(state.releases).set(releaseDigest, { number, hash }),
    chains: new Map(state.chains).set(chainKey(registry), { ...chain, floor }),
  };
}

/** device-state-v1 §3.3: by a confirmed slot. */
export function learnConfirmed(state: DeviceState, model: ModelName, versionCode: number): DeviceState {
  return { ...state, models: raiseModel(state, model, versionCode, 0) };
}

/** device-state-v1 §3.4: after REVOKED, the digest and `minAllowed` alone. */
export function learnRevoked(state: DeviceState, claim: ClaimFacts): DeviceState {
  const chain = chainFloor(state, claim.registry);
  const revoked = [...new Set([...chain.revoked, claim.releaseDigest])].sort();
  const minAllowed = claim.proven?.minAllowed ?? 0;
  return {
    ...state,
    models: minAllowed === 0 ? state.models : raiseModel(state, claim.ref.model, 0, minAllowed),
    chains: new Map(state.chains).set(chainKey(claim.registry), { ...chain, revoked }),
  };
}

/** device-state-v1 §4.1: drops a model's floors, by hand only: the way back from a stolen key's fast-forward. */
export function resetModel(state: DeviceState, model: ModelName): DeviceState {
  const models = new Map(state.models);
  models.delete(model);
  return { ...state, models };
}

/**
 * device-state-v1 §4.2: other witnesses vouch from now on. Drops the time floor of the chain and all checkpoint
 * numbers (they are kept by release and name no chain); what was revoked stays revoked.
 */
export function dropCheckpoints(state: DeviceState, registry: Registry): DeviceState {
  const chains = new Map(state.chains);
  const chain = chainFloor(state, registry);
  if (chain.revoked.length === 0) chains.delete(chainKey(registry));
  else chains.set(chainKey(registry), { ...chain, floor: 0 });
  return { ...state, releases: new Map(), chains };
}

function raiseModel(
  state: DeviceState,
  model: ModelName,
  versionCode: number,
  minAllowed: number,
): ReadonlyMap<ModelName, ModelFloor> {
  const before = modelFloor(state, model);
  return new Map(state.models).set(model, {
    versionCode: Math.max(before.versionCode, versionCode),
    minAllowed: Math.max(before.minAllowed, minAllowed),
  });
}

function readMap<K extends string, V>(
  members: Members,
  isKey: (text: string) => text is K,
  read: (members: Members) => V,
): Map<K, V> {
  const map = new Map<K, V>();
  for (const name of members.names()) {
    if (!isKey(name)) throw malformed(WHAT, `has an entry under the wrong name ${JSON.stringify(name.slice(0, 200))}`);
    const entry = members.object(name);
    map.set(name, read(entry));
    entry.done();
  }
  return map;
}

function readModelFloor(members: Members): ModelFloor {
  return { versionCode: members.integer('versionCode'), minAllowed: members.integer('minAllowed') };
}

function readSeenBlock(members: Members): SeenBlock {
  return { number: members.integer('number'), hash: members.hash32('hash') };
}

function readChainFloor(members: Members): ChainFloor {
  return { floor: readTime(members, 'floor'), revoked: readSortedSet(members, 'revoked', 'release digests', isDigest) };
}

function isChainKey(text: string): text is string {
  const [chainId = '', address = ''] = text.split(':', 2);
  return (
    /^[1-9][0-9]{0,15}$/.test(chainId) &&
    Number.isSafeInteger(Number(chainId)) &&
    text === `${chainId}:${address}` &&
    isAddress(address)
  );
}
