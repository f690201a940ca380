import { keccak256, keccakText } from '@weighbridge/verify/keccak256';
import { encodeRlp, type RlpItem, rlpInteger } from '@weighbridge/verify/rlp';
import { testKey } from '@weighbridge/verify/testing/keys';
import { buildTrie } from '@weighbridge/verify/testing/trie-builder';
import { base64, canonical, digest, type Json } from './canonical.js';
import { checkpoint, type Signer, type SignedBlock } from './checkpoint.js';
import { manifest } from './release.js';
import { addressWord, bytes, CHAIN_ID, CONTRACT, word } from './signing.js';
import { BLOCK_TIME, DAY, MAX_AGE, time } from './times.js';

/** What the registry says of a release and its model. */
export interface RecordWords {
  readonly versionCode: number;
  readonly status: number;
  readonly reason: number;
  readonly approvals: number;
  readonly threshold: number;
  readonly latest: number;
  readonly latestApproved: number;
  readonly minAllowed: number;
}

export interface SceneOptions {
  readonly manifest?: Readonly<Record<string, Json>>;
  /** `null`: the registry holds nothing of this release. */
  readonly record?: Partial<RecordWords> | null;
  /** The release that the registry holds, where it is not the manifest's. */
  readonly registered?: { readonly model: string; readonly version: string };
  /** Slots to leave empty. */
  readonly absent?: readonly SlotName[];
  /** Slots to prove besides the four. */
  readonly alsoProve?: readonly string[];
  readonly chainId?: number;
  /** The RLP of a slot's value, where it is not that of its number. */
  readonly slotValue?: readonly [SlotName, Uint8Array];
  /** Changes the account before it is encoded. */
  readonly accountFields?: (fields: RlpItem[]) => RlpItem[];
  /** Makes the account trie by hand: its nodes, the root first. */
  readonly accountTrie?: (key: string, account: Uint8Array) => Uint8Array[];
  /** The contract that the account trie holds. */
  readonly account?: string;
  readonly code?: string;
  readonly number?: number;
  readonly blockTime?: number;
  readonly headerFields?: number;
  /** Changes the decoded header before it is encoded, hashed and signed. */
  readonly header?: (fields: RlpItem[]) => RlpItem[];
  /** Changes the encoded header before it is hashed and signed. */
  readonly rawHeader?: (raw: Uint8Array) => Uint8Array;
  readonly otherSlots?: number;
  readonly signers?: readonly Signer[];
  /** What the witnesses sign, where it is not the block. */
  readonly signed?: Partial<SignedBlock>;
  readonly trust?: Readonly<Record<string, Json>>;
}

export type SlotName = 'meta' | 'high' | 'low' | 'model';
export type JsonObject = Record<string, Json>;

export interface Scene {
  /** Members of a bundle-v1; canonical text of it is the file. */
  readonly bundle: JsonObject & {
    header: string;
    nodes: string[];
    manifest: JsonObject;
    checkpoint: JsonObject & { signatures: JsonObject[] };
  };
  readonly trust: JsonObject;
  readonly releaseDigest: string;
  readonly blockHash: string;
}

const CODE = 'the code of the registry';
export const W1 = testKey('w1');
export const W2 = testKey('w2');
export const W3 = testKey('w3');
export const STRANGER = testKey('stranger');

/** A chain that holds one release, a bundle of it, and a device's trust file. */
export function scene(options: SceneOptions = {}): Scene {
  const release = manifest(options.manifest);
  const releaseDigest = digest('sha3-512', [canonical(release)]);
  const { root, nodes } = state(options, release, releaseDigest);
  const raw = header(options, root);
  const hash = Buffer.from(keccak256(raw)).toString('hex');
  const number = options.number ?? 100;
  const signed = { chainId: options.chainId ?? CHAIN_ID, number, hash, ...options.signed };
  return {
    bundle: {
      format: 'bundle-v1',
      manifest: release,
      header: base64(raw),
      nodes,
      checkpoint: checkpoint(signed, options.signers ?? [{ by: W1 }]),
    },
    trust: trustFile(options, String(release.model)),
    releaseDigest: releaseDigest.toString('hex'),
    blockHash: hash,
  };
}

/** A trust-v1 of one witness, with other members where they are given. */
export function trustFile(
  { chainId = CHAIN_ID, trust = {} }: Pick<SceneOptions, 'chainId' | 'trust'>,
  model: string,
): JsonObject {
  return {
    format: 'trust-v1',
    version: 1,
    issuedAt: time(BLOCK_TIME - DAY),
    chainId,
    contract: CONTRACT,
    codeHash: Buffer.from(keccakText(CODE)).toString('hex'),
    models: [model],
    anchors: ['witness'],
    witnesses: [W1.address],
    threshold: 1,
    rpcQuorum: 0,
    maxAgeSeconds: MAX_AGE,
    requireClock: false,
    rootKeys: [],
    rootThreshold: 0,
    signatures: [],
    ...trust,
  };
}

function state(
  options: SceneOptions,
  release: JsonObject,
  releaseDigest: Buffer,
): { root: Uint8Array; nodes: string[] } {
  const proven = slotsOf(String(release.model), String(release.version));
  const held =
    options.registered === undefined ? proven : slotsOf(options.registered.model, options.registered.version);
  const values = new Map<string, bigint>();
  for (let index = 0; index < (options.otherSlots ?? 3); index += 1) values.set(otherSlot(index), BigInt(index + 1));
  for (const [name, value] of recordOf(options, Number(release.versionCode), releaseDigest))
    values.set(held[name], value);
  const [odd, oddValue] = options.slotValue ?? [];
  const storage = buildTrie(
    [...values].map(([slot, value]) => [
      keccak256(bytes(slot)),
      odd !== undefined && slot === held[odd] ? oddValue! : encodeRlp(rlpInteger(value)),
    ]),
  );
  const fields: RlpItem[] = [rlpInteger(1), rlpInteger(0), storage.root, keccakText(options.code ?? CODE)];
  const accounts = accountTrie(options, encodeRlp(options.accountFields?.(fields) ?? fields));
  const slots = [...Object.values(proven), ...(options.alsoProve ?? [])];
  const nodes = [...accounts.nodes, ...slots.flatMap((slot) => storage.proofOf(keccak256(bytes(slot))))];
  return { root: accounts.root, nodes: [...new Set(nodes.map(base64))].sort() };
}

function accountTrie(options: SceneOptions, account: Uint8Array): { root: Uint8Array; nodes: Uint8Array[] } {
  const key = accountKey(options.account ?? CONTRACT);
  if (options.accountTrie !== undefined) {
    const nodes = options.accountTrie(Buffer.from(key).toString('hex'), account);
    return { root: keccak256(nodes[0]!), nodes };
  }
  const others = ['alice', 'bob', 'carol'].map((name) => [keccakText(name), encodeRlp([rlpInteger(7)])] as const);
  const { root, proofOf } = buildTrie([[key, account], ...others]);
  return { root, nodes: proofOf(accountKey(CONTRACT)) };
}

/** A storage slot of the contract that is none of the four, in hex. */
export function otherSlot(index: number): string {
  return Buffer.from(keccakText(`other slot ${index}`)).toString('hex');
}

/** Where the registry keeps a release and its model, in hex: mappings at slots 0 and 1 under the hash of the name. */
export function slotsOf(model: string, version: string): Record<SlotName, string> {
  const meta = BigInt(`0x${mapped(`${model}@${version}`, 0)}`);
  const after = (steps: bigint) => (meta + steps).toString(16).padStart(64, '0');
  return { meta: after(0n), high: after(1n), low: after(2n), model: mapped(model, 1) };
}

function mapped(key: string, slot: number): string {
  return Buffer.from(keccak256(keccakText(key), word(slot))).toString('hex');
}

function recordOf(options: SceneOptions, manifestCode: number, releaseDigest: Buffer): [SlotName, bigint][] {
  if (options.record === null) return [];
  const {
    versionCode = manifestCode,
    status = 2,
    reason = 0,
    approvals = 1,
    threshold = 1,
    minAllowed = 0,
  } = options.record ?? {};
  const { latest = versionCode, latestApproved = versionCode } = options.record ?? {};
  const publisher = BigInt(`0x${Buffer.from(addressWord(testKey('publisher').address)).toString('hex')}`);
  const shifted = (value: number, bits: number) => BigInt(value) << BigInt(bits);
  const meta =
    publisher |
    shifted(versionCode, 160) |
    shifted(status, 213) |
    shifted(reason, 216) |
    shifted(approvals, 219) |
    shifted(threshold - 1, 251);
  const half = (from: number) => BigInt(`0x${releaseDigest.subarray(from, from + 32).toString('hex')}`);
  const slots: [SlotName, bigint][] = [
    ['meta', meta],
    ['high', half(0)],
    ['low', half(32)],
    ['model', shifted(latest, 0) | shifted(latestApproved, 64) | shifted(minAllowed, 128)],
  ];
  return slots.filter(([name]) => !options.absent?.includes(name));
}

function accountKey(contract: string): Uint8Array {
  return keccak256(bytes(contract.slice(2).toLowerCase()));
}

/** 21 fields as on prague, unless told otherwise. */
function header(
  { number = 100, blockTime = BLOCK_TIME, headerFields = 21, header: change, rawHeader }: SceneOptions,
  root: Uint8Array,
): Uint8Array {
  const fields: RlpItem[] = Array.from({ length: headerFields }, (_, index) => word(index + 1));
  fields[3] = root;
  fields[8] = rlpInteger(number);
  fields[11] = rlpInteger(blockTime);
  const raw = encodeRlp(change === undefined ? fields : change(fields));
  return rawHeader === undefined ? raw : rawHeader(raw);
}
