import type { Digest } from '@weighbridge/core/brands';
import type { DigestEngine } from '@weighbridge/core/digest-engine';
import { digestFiles } from '@weighbridge/journeys/digest-files';
import { inParallel } from '@weighbridge/journeys/in-parallel';
import { scanRelease } from '@weighbridge/journeys/scan-release';
import { buildManifest, canonicalManifest } from '@weighbridge/manifest/build-manifest';
import { contentDigest } from '@weighbridge/manifest/content-digest';
import { parseLicense } from '@weighbridge/manifest/license-facts';
import type { Manifest } from '@weighbridge/manifest/manifest';
import { releaseDigest } from '@weighbridge/manifest/parse-manifest';
import type { JobData, JobHandler, Queue } from '@weighbridge/ports/queue';
import type { ReleaseStore } from '@weighbridge/ports/release-store';
import { JOB_KINDS, readJob } from '@weighbridge/service-kit/job-data';
import { progressOf } from '@weighbridge/service-kit/job-progress';
import { type ReleaseSources, sourceOf } from '@weighbridge/service-kit/release-source';
import type { Running } from '@weighbridge/service-kit/running';
import { type WatchDoors, watched } from '@weighbridge/service-kit/watched-handler';

export interface HashingDoors extends WatchDoors {
  readonly queue: Queue;
  readonly engine: DigestEngine;
  readonly releases: ReleaseStore;
  readonly sources: ReleaseSources;
}

export interface HashingSettings {
  /** Releases at a time; the files of one are digested on all cores anyway. */
  readonly concurrency: number;
}

const KEPT_AT_ONCE = 16;

/** Does `digest` jobs: files → manifest and leaves in the home folder. */
export async function startHashingWorker(doors: HashingDoors, settings: HashingSettings): Promise<Running> {
  return doors.queue.work(JOB_KINDS.digest, watched(doors, digestHandler(doors)), settings);
}

function digestHandler({ engine, releases, sources }: HashingDoors): JobHandler {
  return async (context) => {
    const { data } = context.job;
    const facts = factsOf(data);
    const folder = await sources.open(sourceOf(data));
    const doors = { folder, engine, progress: progressOf(context), signal: context.signal };
    const files = await scanRelease(folder);
    const digested = await digestFiles(doors, files, 'digesting', (opened, options) =>
      engine.digestAll(opened, options),
    );
    const manifest = buildManifest(
      facts,
      digested.map(({ file, digests }) => ({ path: file.path, digests })),
    );
    const canonical = canonicalManifest(manifest);
    const digest = releaseDigest(canonical);
    await inParallel(digested, KEPT_AT_ONCE, ({ digests }) => releases.putLeaves(digests.tree, digests.leaves));
    await releases.putManifest(digest, canonical);
    return resultOf(manifest, digest);
  };
}

/** Who orders a digest has chosen the version code already: the chain decides about it, not this worker. */
function factsOf(data: JobData) {
  return {
    model: readJob.model(data),
    version: readJob.version(data),
    versionCode: readJob.code(data, 'versionCode'),
    license: parseLicense(readJob.text(data, 'license')),
  };
}

function resultOf(manifest: Manifest, digest: Digest): JobData {
  return {
    releaseDigest: digest,
    contentDigest: contentDigest(manifest.files),
    versionCode: manifest.versionCode,
    files: manifest.files.length,
    bytes: manifest.files.reduce((sum, { size }) => sum + size, 0),
  };
}
