import { fromHex, toHex } from '@weighbridge/core/hex';
import { sha3 } from '@weighbridge/core/sha3';
import type { Manifest } from '@weighbridge/manifest/manifest';
import type { Registry } from '../eip712.js';
import { keccak256, keccakText } from '../keccak256.js';
import { encodeRlp, rlpInteger } from '../rlp.js';
import { releaseSlots } from '../storage-layout.js';
import { addressBytes, addressWord, numberOf } from '../words.js';
import { testKey } from './keys.js';
import { buildTrie } from './trie-builder.js';

/** The registry's state about one release; what is absent follows from the rest. */
export interface WorldRecord {
  readonly status?: number;
  readonly reason?: number;
  readonly versionCode?: number;
  readonly approvals?: number;
  readonly threshold?: number;
  readonly latest?: number;
  readonly latestApproved?: number;
  readonly minAllowed?: number;
}

export interface StateOptions {
  /** What the registry says; `null`: the release is not registered. */
  readonly record?: WorldRecord | null;
  /** More storage of the contract, so that paths become longer: default 20 other slots. */
  readonly otherSlots?: number;
  /** Other accounts of the chain; default 20. */
  readonly otherAccounts?: number;
}

/** The state root of a chain whose registry holds this release, and the nodes that prove it. */
export function makeState(
  { record, otherSlots = 20, otherAccounts = 20 }: StateOptions,
  { manifest, manifestBytes }: { readonly manifest: Manifest; readonly manifestBytes: Uint8Array },
  { contract }: Registry,
  code: Uint8Array,
) {
  const slots = releaseSlots(manifest.model, manifest.version);
  const values = new Map(numbers(otherSlots).map((index) => [toHex(keccakText(`other ${index}`)), BigInt(index + 1)]));
  for (const [slot, value] of slotValues(record, manifest, manifestBytes)) values.set(toHex(slots[slot]), value);
  const storage = buildTrie(
    [...values].map(([slot, value]) => [keccak256(fromHex(slot)), encodeRlp(rlpInteger(value))]),
  );
  const account = encodeRlp([rlpInteger(1), rlpInteger(0), storage.root, code]);
  const accountKey = keccak256(addressBytes(contract));
  const others = numbers(otherAccounts).map(
    (index) => [keccakText(`account ${index}`), encodeRlp([rlpInteger(index)])] as const,
  );
  const accounts = buildTrie([[accountKey, account], ...others]);
  const paths = Object.values(slots).flatMap((slot) => storage.proofOf(keccak256(slot)));
  return { root: accounts.root, nodes: [...accounts.proofOf(accountKey), ...paths] };
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

function slotValues(record: WorldRecord | null | undefined, manifest: Manifest, manifestBytes: Uint8Array) {
  if (record === null) return [];
  const {
    versionCode = manifest.versionCode,
    status = 2,
    reason = 0,
    approvals = 1,
    threshold = 1,
    minAllowed = 0,
  } = record ?? {};
  const { latest = versionCode, latestApproved = versionCode } = record ?? {};
  const fields = [
    [versionCode, 160],
    [status, 213],
    [reason, 216],
    [approvals, 219],
    [threshold - 1, 251],
  ] as const;
  const meta = fields.reduce(
    (word, [value, shift]) => word | (BigInt(value) << BigInt(shift)),
    numberOf(addressWord(testKey('publisher').address)),
  );
  const digest = sha3(manifestBytes);
  return [
    ['meta', meta],
    ['digestHigh', numberOf(digest.subarray(0, 32))],
    ['digestLow', numberOf(digest.subarray(32))],
    ['model', BigInt(latest) | (BigInt(latestApproved) << 64n) | (BigInt(minAllowed) << 128n)],
  ] as const;
}
