import { createHash } from 'node:crypto';
import type { ModelName, RelativePath, Version } from '@weighbridge/core/brands';
import type { FullDigests } from '@weighbridge/core/digest-engine';
import { sha3, sha3Digest } from '@weighbridge/core/sha3';
import { CHUNK_BYTES, chunkCount, treeRoot } from '@weighbridge/core/tree';
import { buildManifest, canonicalManifest } from '@weighbridge/manifest/build-manifest';

export interface ReleaseOptions {
  readonly model?: string;
  readonly version?: string;
  readonly versionCode?: number;
  readonly files?: Readonly<Record<string, Uint8Array | string>>;
}

const encoder = new TextEncoder();

/** A release of small files, its manifest, and its files by path. */
export function makeRelease(options: ReleaseOptions) {
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
