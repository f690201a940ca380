import type { Digest } from '@weighbridge/core/brands';
import type { ReleaseRef } from '@weighbridge/core/names';
import type { Manifest } from '@weighbridge/manifest/manifest';
import type { Checkpoint } from './checkpoint.js';
import type { DeviceState } from './device-state.js';
import { readHeader } from './header.js';
import type { Trust } from './trust.js';
import { type ClaimDecision, decideClaim } from './verdict.js';

export interface ProofInput {
  readonly trust: Trust;
  readonly ref: ReleaseRef;
  /** What the release is said to be registered with; the proof must bear it out. */
  readonly record: { readonly digest: Digest; readonly versionCode: number };
  /** Raw header, RLP. */
  readonly header: Uint8Array;
  readonly nodes: readonly Uint8Array[];
  readonly checkpoint: Checkpoint;
  readonly deviceState: DeviceState | 'damaged' | 'unused';
  /** Unix seconds. */
  readonly hostSeconds: number;
}

/**
 * Whether a device may take a release, before its manifest is at hand: everything that `decideClaim` decides but what
 * the manifest says. Nothing of the release is asked for from anybody until this accepts.
 * @throws MALFORMED for a header that is none
 */
export function decideProof({ ref, record, header, nodes, checkpoint, ...known }: ProofInput): ClaimDecision {
  const manifest = unreadManifest(ref, record.versionCode);
  const block = readHeader(header);
  const none = new Uint8Array(0);
  const bundle = { ref, releaseDigest: record.digest, manifest, manifestBytes: none, header, block, nodes, checkpoint };
  return decideClaim({ ...known, bundle: { ...bundle, sizeBytes: 0 }, wanted: ref });
}

/** A manifest of which nothing is known but what the chain says. */
function unreadManifest({ model, version }: ReleaseRef, versionCode: number): Manifest {
  return {
    format: 'manifest-v1',
    model,
    version,
    versionCode,
    files: [],
    license: { declared: '', concluded: '', evidence: [] },
    baseModels: [],
    source: { kind: '', uri: '', revision: '' },
  };
}
