import type { Address, ModelName, RelativePath, Version } from '@weighbridge/core/brands';
import type { FullDigests } from '@weighbridge/core/digest-engine';
import { fromHex, toHex } from '@weighbridge/core/hex';
import { compareUtf8 } from '@weighbridge/core/members';
import { type ReleaseRef, releaseRef } from '@weighbridge/core/names';
import { sha3, sha3Digest } from '@weighbridge/core/sha3';
import { CHUNK_BYTES, chunkCount, treeRoot } from '@weighbridge/core/tree';
import { buildManifest, canonicalManifest } from '@weighbridge/manifest/build-manifest';
import type { Manifest } from '@weighbridge/manifest/manifest';
import { createHash } from 'node:crypto';
import { type Bundle, type BundleParts, buildBundle, parseBundle } from '../bundle.js';
import { type Checkpoint, type CheckpointSignature, checkpointDigest } from '../checkpoint.js';
import type { Registry } from '../eip712.js';
import type { ScannedEntry } from '../file-set.js';
import { keccak256, keccakText } from '../keccak256.js';
import { encodeRlp, rlpInteger } from '../rlp.js';
import { releaseSlots } from '../storage-layout.js';
import { canonicalTrust, type Trust } from '../trust.js';
import { addressBytes, addressWord, numberOf, wordOf } from '../words.js';
import { type TestKey, testKey } from './keys.js';
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

export interface WorldOptions {
  readonly model?: string;
  readonly version?: string;
  readonly versionCode?: number;
  readonly files?: Readonly<Record<string, Uint8Array | string>>;
  /** What the registry says; `null`: the release is not registered. */
  readonly record?: WorldRecord | null;
  readonly chainId?: number;
  readonly contract?: Address;
  readonly code?: string;
  readonly number?: number;
  /** Unix seconds. */
  readonly blockTime?: number;
  /** One witness signs for each entry, seconds after the block; default: each trusted witness at 0. */
  readonly signatures?: readonly WorldSignature[];
  readonly trust?: Partial<Trust>;
  /** Number of trusted witnesses `w1`, `w2` …; default 1. */
  readonly witnesses?: number;
  /** More storage of the contract, so that paths become longer: default 20 other slots. */
  readonly otherSlots?: number;
  /** Other accounts of the chain; default 20. */
  readonly otherAccounts?: number;
  readonly headerFields?: number;
}

export interface WorldSignature {
  readonly by: TestKey;
  readonly issuedAt?: number;
  readonly maxAgeSeconds?: number;
}

/** A chain with one release, and a device that trusts it. */
export interface World {
  readonly ref: ReleaseRef;
  readonly manifest: Manifest;
  readonly manifestBytes: Uint8Array;
  readonly trust: Trust;
  readonly trustBytes: Uint8Array;
  readonly parts: BundleParts;
  readonly bundle: Bundle;
  readonly bundleBytes: Uint8Array;
  readonly witnesses: readonly TestKey[];
  /** The folder as a scan sees it. */
  readonly entries: readonly ScannedEntry[];
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** A time at which everything is fresh, Unix seconds. */
  readonly nowSeconds: number;
}

/** 2026-01-01T00:00:00Z. */
export const WORLD_BLOCK_TIME = 1_767_225_600;
export const WORLD_CONTRACT = '0x5FbDB2315678afecb367f032d93F642f64180aa3' as Address;
const encoder = new TextEncoder();

/**
 * Builds real tries, a header, a checkpoint and all the files around a small release.
 * A bundle that parses is parsed; everything else is up to the caller.
 */
export function makeWorld(options: WorldOptions = {}): World {
  const { manifest, manifestBytes, files } = makeManifest(options);
  const registry = { chainId: options.chainId ?? 11_155_111, contract: options.contract ?? WORLD_CONTRACT };
  const code = keccakText(options.code ?? 'code of the registry');
  const state = makeState(options, manifest, manifestBytes, registry, code);
  const blockTime = options.blockTime ?? WORLD_BLOCK_TIME;
  const number = options.number ?? 100;
  const header = makeHeader(state.root, number, blockTime, options.headerFields);
  const witnesses = Array.from({ length: options.witnesses ?? 1 }, (_, index) => testKey(`w${index + 1}`));
  const trust = makeTrust(options, registry, toHex(code), witnesses, manifest.model);
  const signatures = options.signatures ?? witnesses.map((by) => ({ by }));
  const checkpoint = signCheckpoint(registry, { number, hash: toHex(keccak256(header)) }, blockTime, signatures);
  const parts = { manifestBytes, header, nodes: state.nodes, checkpoint };
  const bundleBytes = buildBundle(parts);
  return {
    ref: releaseRef(manifest.model, manifest.version),
    manifest,
    manifestBytes,
    trust,
    trustBytes: canonicalTrust(trust),
    parts,
    bundle: parseBundle(bundleBytes),
    bundleBytes,
    witnesses,
    entries: manifest.files.map(({ path, size }) => ({ path, isUtf8: true, kind: 'file', sizeBytes: size })),
    files,
    nowSeconds: blockTime + 60,
  };
}

/** Has keys sign a block. */
export function signCheckpoint(
  registry: Registry,
  block: { readonly number: number; readonly hash: string },
  blockTime: number,
  signers: readonly WorldSignature[],
): Checkpoint {
  const signatures = signers.map(({ by, issuedAt = blockTime, maxAgeSeconds = 2_592_000 }): CheckpointSignature => {
    const statement = { ...block, issuedAt, maxAgeSeconds };
    return { witness: by.address, issuedAt, maxAgeSeconds, signature: by.sign(checkpointDigest(registry, statement)) };
  });
  return { ...block, signatures: signatures.sort((a, b) => compareUtf8(a.witness, b.witness)) };
}

function makeManifest(options: WorldOptions) {
  const given = options.files ?? { 'model.bin': 'weights', 'config.json': '{}' };
  const files = new Map(
    Object.entries(given).map(([path, bytes]) => [path, typeof bytes === 'string' ? encoder.encode(bytes) : bytes]),
  );
  const manifest = buildManifest(
    {
      model: (options.model ?? 'acme/pilot-llm') as ModelName,
      version: (options.version ?? '1.0.0') as Version,
      versionCode: options.versionCode ?? 1,
      license: 'MIT',
    },
    [...files].map(([path, bytes]) => ({ path: path as RelativePath, digests: digestsOf(bytes) })),
  );
  return { manifest, manifestBytes: canonicalManifest(manifest), files };
}

/** All digests of a small file. */
export function digestsOf(bytes: Uint8Array): FullDigests {
  const chunks = Array.from({ length: chunkCount(bytes.length) }, (_, index) =>
    bytes.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES),
  );
  const leaves = new Uint8Array(Buffer.concat(chunks.map((chunk) => sha3(chunk))));
  return {
    sizeBytes: bytes.length,
    tree: treeRoot(bytes.length, leaves),
    leaves,
    whole: sha3Digest(bytes),
    sha256: createHash('sha256').update(bytes).digest('hex') as FullDigests['sha256'],
    chunkSha256: new Uint8Array(Buffer.concat(chunks.map((chunk) => createHash('sha256').update(chunk).digest()))),
  };
}

function makeState(
  options: WorldOptions,
  manifest: Manifest,
  manifestBytes: Uint8Array,
  { contract }: Registry,
  code: Uint8Array,
) {
  const slots = releaseSlots(manifest.model, manifest.version);
  const values = new Map<string, bigint>();
  for (let index = 0; index < (options.otherSlots ?? 20); index += 1)
    values.set(toHex(keccakText(`other ${index}`)), BigInt(index + 1));
  for (const [slot, value] of slotValues(options.record, manifest, manifestBytes))
    values.set(toHex(slots[slot]), value);
  const storage = buildTrie(
    [...values].map(([slot, value]) => [keccak256(fromHex(slot)), encodeRlp(rlpInteger(value))]),
  );
  const account = encodeRlp([rlpInteger(1), rlpInteger(0), storage.root, code]);
  const others = Array.from(
    { length: 20 },
    (_, index) => [keccakText(`account ${index}`), encodeRlp([rlpInteger(index)])] as const,
  );
  const accountKey = keccak256(addressBytes(contract));
  const accounts = buildTrie([[accountKey, account], ...others]);
  const paths = [slots.meta, slots.digestHigh, slots.digestLow, slots.model].flatMap((slot) =>
    storage.proofOf(keccak256(slot)),
  );
  return { root: accounts.root, nodes: [...accounts.proofOf(accountKey), ...paths] };
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

/** A header of 21 fields, as on prague. */
export function makeHeader(stateRoot: Uint8Array, number: number, timestamp: number, fieldCount = 21): Uint8Array {
  const fields: Uint8Array[] = Array.from({ length: fieldCount }, (_, index) => wordOf(index + 1));
  fields[3] = stateRoot;
  fields[8] = rlpInteger(number);
  fields[11] = rlpInteger(timestamp);
  return encodeRlp(fields);
}

function makeTrust(
  options: WorldOptions,
  registry: Registry,
  codeHash: string,
  witnesses: readonly TestKey[],
  model: ModelName,
): Trust {
  return {
    ...registry,
    version: 1,
    issuedAt: WORLD_BLOCK_TIME - 86_400,
    codeHash,
    models: [model],
    anchors: ['witness'],
    witnesses: witnesses.map((key) => key.address).sort(),
    threshold: witnesses.length,
    rpcQuorum: 0,
    maxAgeSeconds: 2_592_000,
    requireClock: false,
    rootKeys: [],
    rootThreshold: 0,
    signatures: [],
    ...options.trust,
  };
}
