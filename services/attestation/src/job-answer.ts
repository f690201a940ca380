import type { Job } from '@weighbridge/ports/queue';

/** A job as clients see it. */
export function jobAnswer(job: Job) {
  const { id, kind, state, attempts, progress, result, failure, data, addedAt, endedAt } = job;
  return {
    id,
    kind,
    state,
    attempts,
    progress: progress ?? null,
    result: result ?? null,
    failure: failure ?? null,
    data,
    addedAt: timeOf(addedAt),
    endedAt: endedAt === undefined ? null : timeOf(endedAt),
  };
}

export function hasEnded({ state }: Job): boolean {
  return state === 'done' || state === 'dead' || state === 'cancelled';
}

function timeOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
