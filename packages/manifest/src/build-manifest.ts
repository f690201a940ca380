import type { ModelName, RelativePath, Version } from '@weighbridge/core/brands';
import { canonicalBytes } from '@weighbridge/core/canonical-json';
import type { FullDigests } from '@weighbridge/core/digest-engine';
import { WeighbridgeError } from '@weighbridge/core/errors';
import type { JsonObject } from '@weighbridge/core/json';
import { compareUtf8 } from '@weighbridge/core/members';
import { requireNoTwins } from '@weighbridge/core/paths';
import { unixfsCid } from './cid.js';
import { licenseFacts } from './license-facts.js';
import { type BaseModel, MANIFEST_MAX_BYTES, type Manifest, type ManifestFile, type Source } from './manifest.js';

export interface DigestedFile {
  readonly path: RelativePath;
  readonly digests: FullDigests;
}

export interface ReleaseFacts {
  readonly model: ModelName;
  readonly version: Version;
  readonly versionCode: number;
  /** SPDX expression or NOASSERTION, already parsed. */
  readonly license: string;
  readonly baseModels?: readonly BaseModel[];
  readonly source?: Source;
}

const NO_SOURCE: Source = { kind: '', uri: '', revision: '' };

/**
 * Builds the manifest of digested files. It holds no clock, host, user or tool version:
 * the same folder gives the same bytes next year.
 * @throws MALFORMED for an empty folder and for twin paths
 */
export function buildManifest(facts: ReleaseFacts, digested: readonly DigestedFile[]): Manifest {
  if (digested.length === 0) {
    throw new WeighbridgeError('MALFORMED', 'there is no file to register', {
      hint: 'name the folder that holds the weights',
    });
  }
  const files = digested.map(manifestFile).sort((a, b) => compareUtf8(a.path, b.path));
  requireNoTwins(files.map((file) => file.path));
  return {
    format: 'manifest-v1',
    model: facts.model,
    version: facts.version,
    versionCode: facts.versionCode,
    files,
    license: licenseFacts(facts.license, files),
    baseModels: facts.baseModels ?? [],
    source: facts.source ?? NO_SOURCE,
  };
}

/** @throws LIMIT when the manifest is larger than any device accepts */
export function canonicalManifest(manifest: Manifest): Uint8Array {
  const bytes = canonicalBytes(manifest as unknown as JsonObject);
  if (bytes.length <= MANIFEST_MAX_BYTES) return bytes;
  throw new WeighbridgeError('LIMIT', `the manifest of ${manifest.files.length} files has ${bytes.length} bytes`, {
    hint: `register fewer files: a manifest has at most ${MANIFEST_MAX_BYTES} bytes, about 34,800 files`,
  });
}

function manifestFile({ path, digests }: DigestedFile): ManifestFile {
  return {
    path,
    size: digests.sizeBytes,
    'sha3-512': digests.whole,
    tree: digests.tree,
    sha256: digests.sha256,
    cid: unixfsCid(digests.sizeBytes, digests.chunkSha256),
  };
}
