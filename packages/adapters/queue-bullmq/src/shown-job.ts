import { failureOf, lostFailure, requireJobData } from '@weighbridge/ports/job-rules';
import type { Job, JobData, JobFailure, JobProgress, JobState } from '@weighbridge/ports/queue';

/** How a cancelled job stands among BullMQ's failed ones. */
export const CANCELLED = '{"cancelled":true}';

/** A job of ours from the place and the fields that BullMQ keeps. Whatever others wrote there comes out harmless. */
export function shownJob(id: string, kind: string, place: string, pairs: readonly string[]): Job {
  const fields = new Map<string, string>();
  for (let at = 0; at + 1 < pairs.length; at += 2) fields.set(pairs[at]!, pairs[at + 1]!);
  const number = (name: string): number => Number(fields.get(name)) || 0;
  const state = stateOf(place, fields.get('failedReason'));
  const attempts = number('ats');
  return {
    id,
    kind,
    data: dataOf(fields.get('data')) ?? {},
    state,
    attempts,
    progress: state === 'running' ? progressOf(fields.get('progress')) : undefined,
    result: state === 'done' ? dataOf(fields.get('returnvalue')) : undefined,
    failure: state === 'done' || state === 'cancelled' ? undefined : shownFailure(fields.get('failedReason'), attempts),
    addedAt: number('timestamp'),
    endedAt: fields.has('finishedOn') && place !== 'waiting' && place !== 'active' ? number('finishedOn') : undefined,
  };
}

/** A job that was just added. */
export function newJob(id: string, kind: string, data: JobData, addedAt: number): Job {
  const nothing = { progress: undefined, result: undefined, failure: undefined, endedAt: undefined };
  return { id, kind, data, state: 'waiting', attempts: 0, addedAt, ...nothing };
}

function stateOf(place: string, reason: string | undefined): JobState {
  if (place === 'completed') return 'done';
  if (place === 'active') return 'running';
  if (place === 'failed') return reason === CANCELLED ? 'cancelled' : 'dead';
  return 'waiting';
}

function shownFailure(reason: string | undefined, attempts: number): JobFailure | undefined {
  if (reason === undefined || reason === '' || reason === CANCELLED) return undefined;
  const { outcome, message, hint, details } = (jsonOf(reason) ?? {}) as Partial<JobFailure>;
  if (typeof outcome === 'string' && typeof message === 'string')
    return { outcome, message, hint, details: details ?? {} };
  // BullMQ's own words: it gave the job up.
  return /stalled|started more/.test(reason) ? lostFailure(attempts) : failureOf(undefined);
}

function dataOf(text: string | undefined): JobData | undefined {
  try {
    return requireJobData(jsonOf(text));
  } catch {
    return undefined;
  }
}

function progressOf(text: string | undefined): JobProgress | undefined {
  const { step, doneBytes, totalBytes } = (jsonOf(text) ?? {}) as Partial<JobProgress>;
  if (typeof step !== 'string' || typeof doneBytes !== 'number' || typeof totalBytes !== 'number') return undefined;
  return { step, doneBytes, totalBytes };
}

function jsonOf(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
