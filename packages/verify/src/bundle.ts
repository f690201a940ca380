import type { Digest } from '@weighbridge/core/brands';
import { canonicalJson, parseCanonical } from '@weighbridge/core/canonical-json';
import { WeighbridgeError } from '@weighbridge/core/errors';
import type { JsonValue } from '@weighbridge/core/json';
import { isSortedSet, Members } from '@weighbridge/core/members';
import { type ReleaseRef, releaseRef } from '@weighbridge/core/names';
import { formatTime } from '@weighbridge/core/times';
import type { Manifest } from '@weighbridge/manifest/manifest';
import { parseManifest, releaseDigest } from '@weighbridge/manifest/parse-manifest';
import { BUNDLE_ENVELOPE_MAX_BYTES, cutBundle, joinBundle } from './bundle-bytes.js';
import { type Checkpoint, type CheckpointSignature, MAX_AGE_LIMIT_SECONDS } from './checkpoint.js';
import {
  formatBase64,
  parseBase64,
  readAddress,
  readBytes,
  readSignature,
  readSortedBy,
  readTime,
} from './encodings.js';
import { type BlockHeader, readHeader } from './header.js';

const WHAT = 'the bundle';

/** What is put into a bundle. */
export interface BundleParts {
  /** Canonical bytes. */
  readonly manifestBytes: Uint8Array;
  /** Raw header, RLP. */
  readonly header: Uint8Array;
  /** In any order. */
  readonly nodes: readonly Uint8Array[];
  /** Signatures in any order. */
  readonly checkpoint: Checkpoint;
}

/** A bundle-v1 that was parsed. Nothing in it is believed yet: see `decideClaim`. */
export interface Bundle extends BundleParts {
  readonly manifest: Manifest;
  readonly releaseDigest: Digest;
  readonly ref: ReleaseRef;
  readonly block: BlockHeader;
  readonly sizeBytes: number;
}

/**
 * bundle-v1 §1–§4: parses a bundle strictly.
 * @param bytes hostile
 * @throws LIMIT before anything is parsed; MALFORMED
 */
export function parseBundle(bytes: Uint8Array): Bundle {
  const { envelope, manifestBytes } = cutBundle(bytes);
  const members = Members.of(parseCanonical(envelope, WHAT, { maxBytes: BUNDLE_ENVELOPE_MAX_BYTES }), WHAT);
  members.word('format', 'bundle-v1');
  const header = readBytes(members, 'header');
  const nodes = readNodes(members);
  const checkpoint = readCheckpoint(members.object('checkpoint'));
  members.done();
  const manifest = parseManifest(manifestBytes);
  return {
    manifest,
    manifestBytes,
    releaseDigest: releaseDigest(manifestBytes),
    ref: releaseRef(manifest.model, manifest.version),
    header,
    block: readHeader(header),
    nodes,
    checkpoint,
    sizeBytes: bytes.length,
  };
}

/**
 * The canonical bytes of a bundle.
 * @throws LIMIT when no device would accept it
 */
export function buildBundle({ manifestBytes, header, nodes, checkpoint }: BundleParts): Uint8Array {
  const envelope = canonicalJson({
    format: 'bundle-v1',
    header: formatBase64(header),
    nodes: [...new Set(nodes.map(formatBase64))].sort(),
    checkpoint: checkpointValue(checkpoint),
  });
  if (envelope.length > BUNDLE_ENVELOPE_MAX_BYTES) {
    throw new WeighbridgeError(
      'LIMIT',
      `the proof has ${envelope.length} bytes, more than the ${BUNDLE_ENVELOPE_MAX_BYTES} allowed`,
      {
        hint: 'use fewer witnesses for one bundle',
      },
    );
  }
  return joinBundle(envelope, manifestBytes);
}

function checkpointValue({ number, hash, signatures }: Checkpoint): JsonValue {
  const entries = signatures.map(({ witness, issuedAt, maxAgeSeconds, signature }) => ({
    witness: witness as string,
    issuedAt: formatTime(issuedAt),
    maxAgeSeconds,
    signature: formatBase64(signature),
  }));
  return { number, hash, signatures: entries.sort((a, b) => (a.witness < b.witness ? -1 : 1)) };
}

/** bundle-v1 §3.3: sorted by their base64 text, without duplicates. */
function readNodes(members: Members): Uint8Array[] {
  const texts = members.list('nodes', (item) =>
    typeof item === 'string' ? item : members.refuse('nodes', 'a list of base64 texts'),
  );
  if (!isSortedSet(texts)) members.refuse('nodes', 'sorted and without duplicates');
  return texts.map((text) => parseBase64(text) ?? members.refuse('nodes', 'padded base64'));
}

/** bundle-v1 §4.1. */
function readCheckpoint(members: Members): Checkpoint {
  const checkpoint = {
    number: members.integer('number'),
    hash: members.hash32('hash'),
    signatures: readSortedBy(members, 'signatures', 'witness', readCheckpointSignature),
  };
  members.done();
  return checkpoint;
}

function readCheckpointSignature(item: JsonValue, place: string): CheckpointSignature {
  const members = Members.of(item, WHAT, place);
  const signature = {
    witness: readAddress(members, 'witness'),
    issuedAt: readTime(members, 'issuedAt'),
    maxAgeSeconds: members.integer('maxAgeSeconds', 1, MAX_AGE_LIMIT_SECONDS),
    signature: readSignature(members, 'signature'),
  };
  members.done();
  return signature;
}
