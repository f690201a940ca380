import type { Job, JobData, JobFailure, JobProgress, JobState } from '@weighbridge/ports/queue';

/** A job as the journal keeps it: its latest entry is all there is to know of it. */
export interface StoredJob {
  readonly id: string;
  readonly kind: string;
  readonly data: JobData;
  readonly state: JobState;
  readonly attempts: number;
  /** Attempts that count against the retry policy: without those that a shutdown gave back. */
  readonly tries: number;
  readonly result?: JobData;
  readonly failure?: JobFailure;
  /** Unix milliseconds, as the following. */
  readonly addedAt: number;
  readonly endedAt?: number;
  /** When it may be tried again. */
  readonly notBefore?: number;
  /** It runs and was told to stop. */
  readonly isCancelling?: true;
}

export function isEnded({ state }: { readonly state: JobState }): boolean {
  return state === 'done' || state === 'dead' || state === 'cancelled';
}

export function toJob(stored: StoredJob, progress: JobProgress | undefined): Job {
  const { id, kind, data, state, attempts, result, failure, addedAt, endedAt } = stored;
  return { id, kind, data, state, attempts, progress, result, failure, addedAt, endedAt };
}

/** A job that waits again, with what a start or an end adds to it taken off. */
export function waitingAgain(stored: StoredJob, changes: Partial<StoredJob> = {}): StoredJob {
  const { id, kind, data, attempts, tries, failure, addedAt } = stored;
  const kept = failure === undefined ? {} : { failure };
  return { id, kind, data, state: 'waiting', attempts, tries, ...kept, addedAt, ...changes };
}

const STATES: readonly unknown[] = ['waiting', 'running', 'done', 'dead', 'cancelled'];

/** Whether a value of a journal line, whose checksum held, has the shape of this version. */
export function isStoredJob(value: unknown): value is StoredJob {
  if (typeof value !== 'object' || value === null) return false;
  const { id, kind, data, state, attempts, tries, addedAt } = value as Record<string, unknown>;
  return (
    [id, kind].every((text) => typeof text === 'string') &&
    [attempts, tries, addedAt].every((number) => Number.isSafeInteger(number)) &&
    typeof data === 'object' &&
    data !== null &&
    STATES.includes(state)
  );
}
