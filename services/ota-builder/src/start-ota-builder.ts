import type { DigestEngine } from '@weighbridge/core/digest-engine';
import type { Channel } from '@weighbridge/ports/channel';
import type { JobHandler, Queue } from '@weighbridge/ports/queue';
import type { ReleaseStore } from '@weighbridge/ports/release-store';
import { type DeltaJob, readDeltaJob } from '@weighbridge/service-kit/delta-job';
import type { DeltaRecord } from '@weighbridge/service-kit/delta-record';
import type { DeltaShelf } from '@weighbridge/service-kit/delta-shelf';
import { JOB_KINDS } from '@weighbridge/service-kit/job-data';
import { progressOf } from '@weighbridge/service-kit/job-progress';
import type { Running } from '@weighbridge/service-kit/running';
import { type WatchDoors, watched } from '@weighbridge/service-kit/watched-handler';
import { buildDelta } from './build-delta.js';
import { planDelta } from './plan-delta.js';
import { publishKept } from './publish-kept.js';
import { withSides } from './with-sides.js';

export interface OtaBuilderDoors extends WatchDoors {
  readonly queue: Queue;
  readonly engine: DigestEngine;
  readonly releases: ReleaseStore;
  /** Where releases are taken from and packages are published. */
  readonly channels: readonly Channel[];
  readonly deltas: DeltaShelf;
}

export interface OtaBuilderSettings {
  /** Packages at a time; each has both releases on the disk meanwhile. */
  readonly concurrency: number;
}

/** Does `delta` jobs: two releases out of the channels → a package on the shelf and the channels, or what it would come to. */
export async function startOtaBuilder(doors: OtaBuilderDoors, settings: OtaBuilderSettings): Promise<Running> {
  return doors.queue.work(JOB_KINDS.delta, watched(doors, deltaHandler(doors)), settings);
}

function deltaHandler(doors: OtaBuilderDoors): JobHandler {
  return async (context) => {
    const job = readDeltaJob(context.job.data);
    const building = { ...doors, progress: progressOf(context), signal: context.signal };
    if (job.mode === 'plan') return withSides(building, job, (doing, order) => planDelta(doing, job, order));
    const record =
      (await keptBefore(doors.deltas, job)) ??
      (await withSides(building, job, (doing, order) => buildDelta(doing, job, order)));
    const receipts = await publishKept(building, record);
    return {
      packageDigest: record.packageDigest,
      totalBytes: record.totalBytes,
      budgetBytes: job.budgetBytes,
      fits: true,
      channels: receipts.map(({ channel }) => channel),
      roots: receipts.map(({ root }) => root),
    };
  };
}

/** What an earlier try of this job built. */
async function keptBefore(
  deltas: DeltaShelf,
  { bundle, budgetBytes, from, to }: DeltaJob,
): Promise<DeltaRecord | undefined> {
  for (const digest of await deltas.list()) {
    const record = await deltas.record(digest);
    if (record?.bundle !== bundle || record.target !== to.releaseDigest) continue;
    const isSameBase = record.base === (from?.releaseDigest ?? null);
    if (isSameBase && record.totalBytes <= (budgetBytes ?? Infinity)) return record;
  }
  return undefined;
}
