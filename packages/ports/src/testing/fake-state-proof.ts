import { fromHex, toHex } from '@weighbridge/core/hex';
import type { ReleaseRef } from '@weighbridge/core/names';
import { keccak256, keccakText } from '@weighbridge/verify/keccak256';
import { encodeRlp, rlpInteger } from '@weighbridge/verify/rlp';
import { releaseSlots } from '@weighbridge/verify/storage-layout';
import { buildTrie } from '@weighbridge/verify/testing/trie-builder';
import { makeHeader } from '@weighbridge/verify/testing/world';
import { addressBytes, numberOf } from '@weighbridge/verify/words';
import { type ChainIdentity, type ModelRecord, REASONS, type ReleaseRecord, type StateProof } from '../chain.js';

const STATUSES = ['none', 'pending', 'approved', 'revoked'];

/** A real proof of a state that holds one release, its model, and something beside them. */
export function fakeStateProof(
  identity: ChainIdentity,
  ref: ReleaseRef,
  release: ReleaseRecord | undefined,
  model: ModelRecord,
  number: number,
  timestamp: number,
): StateProof {
  const slots = releaseSlots(ref.model, ref.version);
  const values: readonly (readonly [Uint8Array, bigint])[] = [
    [slots.meta, release === undefined ? 0n : packMeta(release)],
    [slots.digestHigh, release === undefined ? 0n : BigInt(`0x${release.digest.slice(0, 64)}`)],
    [slots.digestLow, release === undefined ? 0n : BigInt(`0x${release.digest.slice(64)}`)],
    [slots.model, packModel(model)],
    [keccakText('something else'), 1n],
  ];
  const stored = values.filter(([, value]) => value !== 0n);
  const storage = buildTrie(stored.map(([slot, value]) => [keccak256(slot), encodeRlp(rlpInteger(value))]));
  const account = encodeRlp([rlpInteger(1), rlpInteger(0), storage.root, fromHex(identity.codeHash)]);
  const address = keccak256(addressBytes(identity.contract));
  const accounts = buildTrie([
    [address, account],
    [keccakText('somebody else'), encodeRlp([rlpInteger(1), rlpInteger(1), storage.root, keccakText('')])],
  ]);
  const header = makeHeader(accounts.root, number, timestamp);
  const paths = values.slice(0, 4).map(([slot]) => storage.proofOf(keccak256(slot)));
  const nodes = [accounts.proofOf(address), ...paths].flat();
  return {
    header,
    number,
    blockHash: toHex(keccak256(header)),
    timestamp,
    nodes: [...new Map(nodes.map((node) => [toHex(node), node])).values()],
  };
}

function packMeta({ publisher, versionCode, status, reason, approvals, threshold }: ReleaseRecord): bigint {
  return (
    numberOf(addressBytes(publisher)) |
    (BigInt(versionCode) << 160n) |
    (BigInt(STATUSES.indexOf(status)) << 213n) |
    (BigInt(REASONS.indexOf(reason)) << 216n) |
    (BigInt(approvals) << 219n) |
    (BigInt(threshold - 1) << 251n)
  );
}

function packModel({ latest, latestApproved, minAllowed }: ModelRecord): bigint {
  return BigInt(latest) | (BigInt(latestApproved) << 64n) | (BigInt(minAllowed) << 128n);
}
