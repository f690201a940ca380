import type { DigestEngine, FullDigests } from '@weighbridge/core/digest-engine';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { releaseRef } from '@weighbridge/core/names';
import { showPath } from '@weighbridge/core/paths';
import { digestFiles } from '@weighbridge/journeys/digest-files';
import { absentManifest } from '@weighbridge/journeys/find-release';
import { releaseToPublish, startPublishing } from '@weighbridge/journeys/publish';
import type { ManifestFile } from '@weighbridge/manifest/manifest';
import { parseManifest } from '@weighbridge/manifest/parse-manifest';
import type { Channel } from '@weighbridge/ports/channel';
import type { JobHandler, Queue } from '@weighbridge/ports/queue';
import type { ReleaseStore } from '@weighbridge/ports/release-store';
import { JOB_KINDS, readJob } from '@weighbridge/service-kit/job-data';
import { progressOf } from '@weighbridge/service-kit/job-progress';
import { type ReleaseSources, sourceOf } from '@weighbridge/service-kit/release-source';
import type { Running } from '@weighbridge/service-kit/running';
import { type WatchDoors, watched } from '@weighbridge/service-kit/watched-handler';

export interface DistributorDoors extends WatchDoors {
  readonly queue: Queue;
  readonly engine: DigestEngine;
  readonly releases: ReleaseStore;
  readonly sources: ReleaseSources;
  /** All that this distributor can publish to. */
  readonly channels: readonly Channel[];
}

export interface DistributorSettings {
  /** Releases at a time. */
  readonly concurrency: number;
}

/** Does `publish` jobs: manifest and files → every channel that the job names, read back. */
export async function startDistributor(doors: DistributorDoors, settings: DistributorSettings): Promise<Running> {
  return doors.queue.work(JOB_KINDS.publish, watched(doors, publishHandler(doors)), settings);
}

function publishHandler({ engine, releases, sources, channels }: DistributorDoors): JobHandler {
  return async (context) => {
    const { data, id } = context.job;
    const ref = releaseRef(readJob.model(data), readJob.version(data));
    const releaseDigest = readJob.digest(data, 'releaseDigest');
    const wanted = readJob.list(data, 'channels').map((name) => findChannel(channels, name));
    const canonical = await releases.getManifest(releaseDigest);
    if (canonical === undefined) throw absentManifest(ref, releaseDigest);
    const manifest = parseManifest(canonical);
    const folder = await sources.open(sourceOf(data));
    const doors = { folder, engine, progress: progressOf(context), signal: context.signal };
    const publishing = await startPublishing(wanted, ref, doors);
    try {
      const listed = manifest.files.map((file) => ({ ...file, sizeBytes: file.size }));
      const digested = await digestFiles(doors, listed, 'publishing', async (opened, options, file) => {
        const digests = await publishing.digest(file.path, opened, options);
        requireSame(file, digests, ref.name);
        return digests;
      });
      const files = digested.map(({ file, digests }) => ({ path: file.path, digests }));
      const receipts = await publishing.complete(releaseToPublish({ ref, releaseDigest, manifest, canonical, files }));
      return {
        job: id,
        releaseDigest,
        channels: receipts.map(({ channel }) => channel),
        roots: receipts.map(({ root }) => root),
      };
    } finally {
      await publishing.abandon();
    }
  };
}

/** The files may have changed since they were digested. */
function requireSame(file: ManifestFile, digests: FullDigests, release: string): void {
  if (digests.tree === file.tree && digests.whole === file['sha3-512'] && digests.sha256 === file.sha256) return;
  throw new WeighbridgeError('TAMPERED', `${showPath(file.path)} was changed since it was digested`, {
    hint: 'put the files back, or order the registration again',
    details: { release, file: showPath(file.path), expected: file.tree, found: digests.tree },
  });
}

function findChannel(channels: readonly Channel[], name: string): Channel {
  const channel = channels.find((one) => one.name === name);
  if (channel !== undefined) return channel;
  throw new WeighbridgeError('USAGE', `there is no channel ${JSON.stringify(name)} here`, {
    hint: `name any of: ${channels.map((one) => one.name).join(', ')}`,
  });
}
