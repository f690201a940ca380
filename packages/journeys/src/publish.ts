import type { Digest, RelativePath } from '@weighbridge/core/brands';
import type { DigestEngine, DigestOptions, FullDigests, OpenedFile } from '@weighbridge/core/digest-engine';
import type { ReleaseRef } from '@weighbridge/core/names';
import type { DigestedFile } from '@weighbridge/manifest/build-manifest';
import type { ManifestFile } from '@weighbridge/manifest/manifest';
import type { Channel, ChannelReceipt, Publication, ReleaseToPublish } from '@weighbridge/ports/channel';
import type { ProgressListener } from '@weighbridge/ports/progress';

export interface PublishDoors {
  readonly engine: DigestEngine;
  readonly progress: ProgressListener;
  readonly signal: AbortSignal;
}

/** A release on its way into all channels, from the one read that digests it. */
export interface Publishing {
  /** Digests a file and hands its bytes to every channel. */
  digest(path: RelativePath, file: OpenedFile, options: DigestOptions): Promise<FullDigests>;
  /** Has every channel read back what it took; only then it is published. */
  complete(release: ReleaseToPublish): Promise<ChannelReceipt[]>;
  /** Drops what waits in the channels; does nothing after `complete`. */
  abandon(): Promise<void>;
}

/** Opens a publication in each channel. @throws what the channels throw */
export async function startPublishing(
  channels: readonly Channel[],
  ref: ReleaseRef,
  doors: PublishDoors,
): Promise<Publishing> {
  const publications: Publication[] = [];
  const abandon = async (): Promise<void> => {
    for (const publication of publications) await publication.abandon();
  };
  try {
    for (const channel of channels) publications.push(await channel.publish(ref));
  } catch (error) {
    await abandon();
    throw error;
  }
  return {
    digest: (path, file, options) => digestInto(publications, doors.engine, path, file, options),
    complete: (release) => completeAll(publications, release, doors),
    abandon,
  };
}

async function digestInto(
  publications: readonly Publication[],
  engine: DigestEngine,
  path: RelativePath,
  file: OpenedFile,
  options: DigestOptions,
): Promise<FullDigests> {
  if (publications.length === 0) return engine.digestAll(file, options);
  const sinks = await settleAll(publications.map((publication) => publication.add(path, file.sizeBytes)));
  const digests = await engine.digestAll(file, {
    ...options,
    onChunk: async (chunk) => {
      await settleAll(sinks.map((sink) => sink.write(chunk)));
    },
  });
  await settleAll(sinks.map((sink) => sink.finish(digests)));
  return digests;
}

async function completeAll(
  publications: readonly Publication[],
  release: ReleaseToPublish,
  { progress, signal }: PublishDoors,
): Promise<ChannelReceipt[]> {
  if (publications.length === 0) return [];
  const bytes = release.manifest.files.reduce((sum, { size }) => sum + size, 0);
  progress.start('reading back', bytes * publications.length);
  const options = { signal, onBytes: (read: number) => progress.advance(read) };
  try {
    return await settleAll(publications.map((publication) => publication.complete(release, options)));
  } finally {
    progress.stop();
  }
}

/** Leaves of digested files, for the channels. */
export function releaseToPublish(
  prepared: Omit<ReleaseToPublish, 'leaves'> & { readonly files: readonly DigestedFile[] },
): ReleaseToPublish {
  const { ref, releaseDigest, manifest, canonical, files } = prepared;
  const byTree = new Map(files.map(({ digests }) => [digests.tree, digests.leaves]));
  const leaves = async ({ tree, path }: ManifestFile): Promise<Uint8Array> => {
    const found = byTree.get(tree);
    if (found === undefined) throw new Error(`${path} was not digested`);
    return found;
  };
  return { ref, releaseDigest, manifest, canonical, leaves };
}

/** Names of the channels that hold a release, in the order of answers. */
export async function channelsHolding(
  channels: readonly Channel[],
  release: { readonly ref: ReleaseRef; readonly releaseDigest: Digest },
  signal: AbortSignal,
): Promise<Channel['name'][]> {
  const receipts = await Promise.allSettled(channels.map((channel) => channel.receipt(release, signal)));
  return channels
    .filter((_, index) => {
      const receipt = receipts[index]!;
      return receipt.status === 'fulfilled' && receipt.value !== undefined;
    })
    .map(({ name }) => name)
    .sort();
}

/** Waits for all, so that nothing runs on behind a failure, which is thrown then. */
async function settleAll<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const ended = await Promise.allSettled(promises);
  const failure = ended.find((end) => end.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
  return ended.map((end) => (end as PromiseFulfilledResult<T>).value);
}
