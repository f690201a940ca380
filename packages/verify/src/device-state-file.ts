import type { Digest } from '@weighbridge/core/brands';
import { canonicalBytes, parseCanonical } from '@weighbridge/core/canonical-json';
import { isDigest } from '@weighbridge/core/hex';
import { type JsonObject, malformed } from '@weighbridge/core/json';
import { Members } from '@weighbridge/core/members';
import { isModelName } from '@weighbridge/core/names';
import { sha3Digest } from '@weighbridge/core/sha3';
import { formatTime } from '@weighbridge/core/times';
import type { ChainFloor, DeviceState, ModelFloor, SeenBlock } from './device-state.js';
import { readSortedSet, readTime, wrongKind } from './encodings.js';
import { isAddress } from './signatures.js';

/** About 70,000 releases. */
export const DEVICE_STATE_MAX_BYTES = 16 * 1024 * 1024;

const WHAT = 'the device state';

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
