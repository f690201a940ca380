import type { Address, Digest, ModelName, Version } from '@weighbridge/core/brands';
import { digestOf, toHex } from '@weighbridge/core/hex';
import { keccak256 } from './keccak256.js';
import { untrusted } from './refusal.js';
import { decodeRlp, type RlpItem } from './rlp.js';
import { toAddress } from './signatures.js';
import { META_FIELDS, MODEL_FIELDS, releaseSlots, unpack } from './storage-layout.js';
import { lookUp, NodePool } from './trie.js';
import { addressBytes, numberOf, wordOf } from './words.js';

/** Indexed by the number on chain; 0 is a release that nobody registered. */
const STATUSES = [undefined, 'pending', 'approved', 'revoked'] as const;
export type ProvenStatus = 'pending' | 'approved' | 'revoked';

export interface ProofInput {
  /** 32 bytes, of a trusted header. */
  readonly stateRoot: Uint8Array;
  /** Hostile. */
  readonly nodes: readonly Uint8Array[];
  readonly contract: Address;
  /** keccak256 of the code that the trust file pins, 64 lower-case hex digits. */
  readonly codeHash: string;
  readonly model: ModelName;
  readonly version: Version;
}

/** What the registry says of a release and its model at one block. */
export interface ProvenRelease {
  readonly publisher: Address;
  readonly versionCode: number;
  readonly status: ProvenStatus;
  /** Code of the reason for a revocation, 0 when there is none. */
  readonly reason: number;
  /** Bitmap by approver index. */
  readonly approvals: number;
  readonly threshold: number;
  readonly digest: Digest;
  readonly latest: number;
  readonly latestApproved: number;
  readonly minAllowed: number;
}

/**
 * bundle-v1 §5: proves a release's three slots and its model's against a state root.
 * @returns undefined when the state proves that the release is not registered
 * @throws UNTRUSTED for everything that does not prove exactly that
 */
export function proveRelease(input: ProofInput): ProvenRelease | undefined {
  const pool = new NodePool(input.nodes);
  const proven = readRelease(pool, proveAccount(pool, input), input);
  requireAllUsed(pool);
  return proven;
}

/** bundle-v1 §5.3: the four slots below a storage root; undefined when they prove that there is no such release. */
export function readRelease(
  pool: NodePool,
  storageRoot: Uint8Array,
  { model, version }: Pick<ProofInput, 'model' | 'version'>,
): ProvenRelease | undefined {
  const slots = releaseSlots(model, version);
  const meta = proveSlot(pool, storageRoot, slots.meta);
  const high = proveSlot(pool, storageRoot, slots.digestHigh);
  const low = proveSlot(pool, storageRoot, slots.digestLow);
  const modelSlot = proveSlot(pool, storageRoot, slots.model);
  if (meta === 0n && high === 0n && low === 0n) return undefined;
  if (high === 0n || low === 0n) throw untrusted('the proof shows a release with half a digest');
  return { ...readMeta(meta), digest: digestOf(Buffer.concat([wordOf(high), wordOf(low)])), ...readModel(modelSlot) };
}

/** bundle-v1 §5.1: the account of the pinned contract holds the pinned code. Returns its storage root. */
function proveAccount(pool: NodePool, { stateRoot, contract, codeHash }: ProofInput): Uint8Array {
  const account = lookUp(pool, stateRoot, keccak256(addressBytes(contract)));
  if (account === undefined) throw untrusted(`the proof shows no contract at ${contract}`);
  const fields = decode(account);
  if (fields instanceof Uint8Array || fields.length !== 4) throw untrusted('the proof has an account that is none');
  const [storageRoot, code] = [fields[2]!, fields[3]!];
  if (!isWord(storageRoot) || !isWord(code)) throw untrusted('the proof has an account that is none');
  if (toHex(code) !== codeHash) {
    throw untrusted(`the contract at ${contract} has other code than the trust file pins`, {
      expected: codeHash,
      found: toHex(code),
    });
  }
  return storageRoot;
}

/** bundle-v1 §5.2: the value of a slot; 0 when it is proven absent. */
function proveSlot(pool: NodePool, storageRoot: Uint8Array, slot: Uint8Array): bigint {
  const value = lookUp(pool, storageRoot, keccak256(slot));
  if (value === undefined) return 0n;
  const bytes = decode(value);
  if (!(bytes instanceof Uint8Array) || bytes.length === 0 || bytes.length > 32 || bytes[0] === 0) {
    throw untrusted('the proof has a storage value that is no number');
  }
  return numberOf(bytes);
}

/** bundle-v1 §5.4: exactly the nodes of these five paths. */
function requireAllUsed(pool: NodePool): void {
  if (pool.unusedCount > 0) throw untrusted(`the proof holds ${pool.unusedCount} trie nodes that it does not need`);
}

/** bundle-v1 §5.5. */
function readMeta(slot: bigint): Omit<ProvenRelease, 'digest' | keyof typeof MODEL_FIELDS> {
  const meta = unpack(slot, META_FIELDS);
  const status = STATUSES[Number(meta.status)];
  if (status === undefined || meta.versionCode === 0n)
    throw untrusted('the proof shows a release without status or version code');
  return {
    publisher: toAddress(wordOf(meta.publisher).subarray(12)),
    versionCode: Number(meta.versionCode),
    status,
    reason: Number(meta.reason),
    approvals: Number(meta.approvals),
    threshold: Number(meta.thresholdLessOne) + 1,
  };
}

/** bundle-v1 §5.6. */
function readModel(slot: bigint): Pick<ProvenRelease, keyof typeof MODEL_FIELDS> {
  const { latest, latestApproved, minAllowed, rest } = unpack(slot, MODEL_FIELDS);
  const isExact = [latest, latestApproved, minAllowed].every((code) => code <= BigInt(Number.MAX_SAFE_INTEGER));
  if (latest === 0n || rest !== 0n || !isExact) throw untrusted('the proof shows a model slot that is none');
  return { latest: Number(latest), latestApproved: Number(latestApproved), minAllowed: Number(minAllowed) };
}

function decode(bytes: Uint8Array): RlpItem {
  try {
    return decodeRlp(bytes);
  } catch (cause) {
    throw untrusted('the proof has a value that is no canonical RLP', {}, cause);
  }
}

function isWord(item: RlpItem): item is Uint8Array {
  return item instanceof Uint8Array && item.length === 32;
}
