import type { DigestEngine } from '@weighbridge/core/digest-engine';
import type { Channel } from '@weighbridge/ports/channel';
import type { JobContext, JobHandler, Queue } from '@weighbridge/ports/queue';
import type { ReleaseStore } from '@weighbridge/ports/release-store';
import type { DeltaBench } from '@weighbridge/service-kit/delta-bench';
import { readDeltaJob } from '@weighbridge/service-kit/delta-job';
import type { DeltaShelf } from '@weighbridge/service-kit/delta-shelf';
import { JOB_KINDS } from '@weighbridge/service-kit/job-data';
import { progressOf } from '@weighbridge/service-kit/job-progress';
import type { Running } from '@weighbridge/service-kit/running';
import { type WatchDoors, watched } from '@weighbridge/service-kit/watched-handler';
import { buildDelta } from './build-delta.js';
import { openSides } from './open-sides.js';
import { planDelta } from './plan-delta.js';

export interface OtaBuilderDoors extends WatchDoors {
  readonly queue: Queue;
  readonly engine: DigestEngine;
  readonly releases: ReleaseStore;
  /** Where the releases are taken from. */
  readonly channels: readonly Channel[];
  readonly deltas: DeltaShelf;
}

export interface OtaBuilderSettings {
  /** Packages at a time; each has both releases on the disk meanwhile. */
  readonly concurrency: number;
}

/** Does `delta` jobs: two releases out of the channels → a package on the shelf, or what it would come to. */
export async function startOtaBuilder(doors: OtaBuilderDoors, settings: OtaBuilderSettings): Promise<Running> {
  return doors.queue.work(JOB_KINDS.delta, watched(doors, deltaHandler(doors)), settings);
}

function deltaHandler(doors: OtaBuilderDoors): JobHandler {
  return async (context) => {
    const bench = await doors.deltas.openBench(context.signal);
    try {
      return await doJob(doors, context, bench);
    } finally {
      await bench.remove();
    }
  };
}

async function doJob(doors: OtaBuilderDoors, context: JobContext, bench: DeltaBench) {
  const job = readDeltaJob(context.job.data);
  const doing = { ...doors, bench, progress: progressOf(context), signal: context.signal };
  const order = await openSides(doing, job);
  try {
    return job.mode === 'plan' ? await planDelta(doing, job, order) : await buildDelta(doing, job, order);
  } finally {
    await order.base?.content.close();
    await order.target.content.close();
  }
}
