import type { Digest } from '@weighbridge/core/brands';
import { parseReleaseRef, type ReleaseRef } from '@weighbridge/core/names';
import type { JobData, JobOrder } from '@weighbridge/ports/queue';
import { JOB_KINDS, jobKey, readJob } from './job-data.js';

export interface DeltaSideOrder {
  readonly ref: ReleaseRef;
  readonly releaseDigest: Digest;
}

/** What a `delta` job is asked for. */
export interface DeltaJob {
  /** `plan` measures and keeps no package. */
  readonly mode: 'plan' | 'build';
  /** Null for a full package. */
  readonly from: DeltaSideOrder | null;
  readonly to: DeltaSideOrder;
  readonly budgetBytes: number | null;
  /** SHA3-512 of the target's bundle, as it lies on the shelf. */
  readonly bundle: Digest;
}

/**
 * What names a job: the two release digests. A plan's answer depends on its budget too.
 * @param round counts the jobs whose package is no longer of use
 */
export function deltaKey({ mode, from, to, budgetBytes }: Omit<DeltaJob, 'bundle'>, round: number): string {
  const base = from?.releaseDigest ?? null;
  const budget = mode === 'plan' ? budgetBytes : null;
  return jobKey({ mode, base, target: to.releaseDigest, budget, round });
}

export function deltaJobOrder(job: DeltaJob, round: number): JobOrder {
  const { mode, from, to, budgetBytes, bundle } = job;
  const data: JobData = {
    mode,
    from: from?.ref.name ?? null,
    base: from?.releaseDigest ?? null,
    to: to.ref.name,
    target: to.releaseDigest,
    budgetBytes,
    bundle,
  };
  return { kind: JOB_KINDS.delta, key: deltaKey(job, round), data };
}

/** @throws USAGE for data that no producer of ours wrote */
export function readDeltaJob(data: JobData): DeltaJob {
  return {
    mode: readJob.one(data, 'mode', ['plan', 'build']),
    from: data.from === null ? null : sideOf(data, 'from', 'base'),
    to: sideOf(data, 'to', 'target'),
    budgetBytes: data.budgetBytes === null ? null : readJob.code(data, 'budgetBytes'),
    bundle: readJob.digest(data, 'bundle'),
  };
}

function sideOf(data: JobData, name: string, digest: string): DeltaSideOrder {
  return { ref: parseReleaseRef(readJob.text(data, name)), releaseDigest: readJob.digest(data, digest) };
}
