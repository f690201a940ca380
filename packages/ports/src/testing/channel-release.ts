import { createCipheriv } from 'node:crypto';
import type { FullDigests } from '@weighbridge/core/digest-engine';
import { releaseRef } from '@weighbridge/core/names';
import { CHUNK_BYTES } from '@weighbridge/core/tree';
import type { ManifestFile } from '@weighbridge/manifest/manifest';
import { releaseDigest } from '@weighbridge/manifest/parse-manifest';
import { digestsOf, makeRelease } from '@weighbridge/verify/testing/release';
import type { Channel, ChannelReceipt, CompleteOptions, Publication, ReleaseToPublish } from '../channel.js';

/** A release in memory, and what a publisher knows of it. */
export interface TestRelease extends ReleaseToPublish {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly digests: ReadonlyMap<string, FullDigests>;
}

/** Bytes that repeat nowhere, the same for the same seed. */
export function noise(seed: number, length: number): Uint8Array {
  const cipher = createCipheriv('aes-128-ctr', Buffer.alloc(16, seed), Buffer.alloc(16));
  return new Uint8Array(cipher.update(Buffer.alloc(length)));
}

/** Three chunks, one chunk, an empty file and one in a folder. */
export function channelRelease(version = '1.0.0', seed = 1): TestRelease {
  return releaseOfFiles(version, {
    'config.json': '{"layers":2}',
    empty: '',
    'model.bin': noise(seed, 2 * CHUNK_BYTES + 5),
    'sub/ä.txt': 'a name beyond ASCII',
  });
}

/** A release of these files. */
export function releaseOfFiles(version: string, files: Readonly<Record<string, string | Uint8Array>>): TestRelease {
  const made = makeRelease({ version, files });
  const digests = new Map([...made.files].map(([path, bytes]) => [path, digestsOf(bytes)]));
  return {
    ref: releaseRef(made.manifest.model, made.manifest.version),
    releaseDigest: releaseDigest(made.manifestBytes),
    manifest: made.manifest,
    canonical: made.manifestBytes,
    leaves: async ({ path }) => digests.get(path)!.leaves,
    files: made.files,
    digests,
  };
}

export function listed({ manifest }: ReleaseToPublish, path: string): ManifestFile {
  return manifest.files.find((file) => file.path === path)!;
}

/** Writes all files of a release, all open at once, and completes it. */
export async function publishRelease(
  channel: Channel,
  release: TestRelease,
  options?: CompleteOptions,
): Promise<ChannelReceipt> {
  const publication = await channel.publish(release.ref);
  await writeFiles(publication, release);
  return publication.complete(release, options);
}

/** Every buffer is overwritten as soon as it is ours again. */
export async function writeFiles(publication: Publication, release: TestRelease): Promise<void> {
  await Promise.all(
    release.manifest.files.map(async ({ path, size }) => {
      const sink = await publication.add(path, size);
      for (let at = 0; at < size; at += CHUNK_BYTES) {
        const chunk = release.files.get(path)!.slice(at, at + CHUNK_BYTES);
        await sink.write(chunk);
        chunk.fill(0xee);
      }
      await sink.finish(release.digests.get(path)!);
    }),
  );
}

/** All that a channel gives, within the size of the file. */
export async function readFrom(
  channel: Channel,
  release: ReleaseToPublish,
  path: string,
  offsetBytes = 0,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of channel.open(release, listed(release, path), offsetBytes, signal)) {
    if (piece.length === 0 || piece.length > CHUNK_BYTES) throw new Error(`a piece of ${piece.length} bytes`);
    pieces.push(piece.slice());
  }
  return new Uint8Array(Buffer.concat(pieces));
}
