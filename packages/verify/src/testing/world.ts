import type { Address, ModelName } from '@weighbridge/core/brands';
import { toHex } from '@weighbridge/core/hex';
import { compareUtf8 } from '@weighbridge/core/members';
import { type ReleaseRef, releaseRef } from '@weighbridge/core/names';
import type { Manifest } from '@weighbridge/manifest/manifest';
import { type Bundle, type BundleParts, buildBundle, parseBundle } from '../bundle.js';
import { type Checkpoint, type CheckpointSignature, checkpointDigest } from '../checkpoint.js';
import type { Registry } from '../eip712.js';
import type { ScannedEntry } from '../file-set.js';
import { keccak256, keccakText } from '../keccak256.js';
import { encodeRlp, rlpInteger } from '../rlp.js';
import { canonicalTrust, type Trust } from '../trust.js';
import { wordOf } from '../words.js';
import { type TestKey, testKey } from './keys.js';
import { makeState, type StateOptions } from './registry-state.js';
import { makeRelease, type ReleaseOptions } from './release.js';

export interface WorldOptions extends ReleaseOptions, StateOptions {
  readonly chainId?: number;
  readonly contract?: Address;
  readonly code?: string;
  readonly number?: number;
  /** Unix seconds. */
  readonly blockTime?: number;
  /** Who signs the checkpoint; default: each trusted witness, at the block's time. */
  readonly signatures?: readonly WorldSignature[];
  readonly trust?: Partial<Trust>;
  /** Number of trusted witnesses `w1`, `w2` …; default 1. */
  readonly witnesses?: number;
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

/**
 * Builds real tries, a header, a checkpoint and all the files around a small release.
 * A bundle that parses is parsed; everything else is up to the caller.
 */
export function makeWorld(options: WorldOptions = {}): World {
  const release = makeRelease(options);
  const { manifest, manifestBytes, files } = release;
  const registry = { chainId: options.chainId ?? 11_155_111, contract: options.contract ?? WORLD_CONTRACT };
  const code = keccakText(options.code ?? 'code of the registry');
  const state = makeState(options, release, registry, code);
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
