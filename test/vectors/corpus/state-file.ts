import { canonical, type Json, sha3 } from './canonical.js';
import type { JsonObject } from './scene.js';
import { CHAIN_ID, CONTRACT } from './signing.js';
import { time } from './times.js';

export const CHAIN_KEY = `${CHAIN_ID}:${CONTRACT}`;

export interface StateMembers {
  readonly models?: Readonly<Record<string, Json>>;
  readonly releases?: Readonly<Record<string, Json>>;
  readonly chains?: Readonly<Record<string, Json>>;
}

/** The text of a device-state-v1 with a right `check`. */
export function stateFile(members: StateMembers): string {
  return canonical(stateObject(members));
}

export function stateObject({ models = {}, releases = {}, chains = {} }: StateMembers): JsonObject {
  return withCheck({ format: 'device-state-v1', models, releases, chains });
}

export function withCheck(unchecked: JsonObject): JsonObject {
  return { ...unchecked, check: sha3(canonical(unchecked)) };
}

/** @param floor Unix seconds */
export function chain(floor: number, revoked: readonly string[] = []): Json {
  return { floor: time(floor), revoked: [...revoked].sort() };
}
