import type { Digest, ModelName } from '@weighbridge/core/brands';
import type { AcceptedClaim, ClaimFacts } from './claim.js';
import type { Registry } from './eip712.js';

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
