import { isWeighbridgeError, WeighbridgeError } from '@weighbridge/core/errors';
import { showText } from '@weighbridge/core/show-text';
import type { JobData, JobFailure, JobOrder } from './queue.js';

/** How often and how soon a job is tried that failed by something that can heal. */
export interface RetryPolicy {
  /** Starts in all, those of workers that died included. */
  readonly tries: number;
  /** The first pause; each further one is twice as long, up to `mostMs`. */
  readonly firstMs: number;
  readonly mostMs: number;
}

export const RETRY: RetryPolicy = { tries: 8, firstMs: 1000, mostMs: 60_000 };
const JOB_DATA_BYTES = 16 * 1024;
const KIND = /^[a-z][a-z0-9]{0,31}$/;
const KEY = /^(?=.*[a-z])[a-z0-9][a-z0-9-]{0,199}$/;
const HEALING = new Set(['IO', 'BUSY', 'UNVERIFIABLE', 'INTERNAL']);

/** The id of an order's job, and a copy of its data that nobody else can change. @throws USAGE */
export function requireOrder({ kind, key, data }: JobOrder): { readonly id: string; readonly data: JobData } {
  requireKind(kind);
  if (typeof key !== 'string' || !KEY.test(key))
    throw usage(`a job has the key ${showText(String(key))}`, 'use 1 to 200 of a-z, 0-9 and -, a letter among them');
  return { id: `${kind}-${key}`, data: requireJobData(data) };
}

/** @throws USAGE */
export function requireKind(kind: string): void {
  if (typeof kind !== 'string' || !KIND.test(kind))
    throw usage(`a job has the kind ${showText(String(kind))}`, 'use 1 to 32 of a-z and 0-9, a letter first');
}

/** A copy of job data from anywhere. @throws USAGE when it is not flat JSON of at most 16 KiB */
export function requireJobData(data: unknown): JobData {
  if (typeof data !== 'object' || data === null || Array.isArray(data) || !Object.values(data).every(isJobValue))
    throw usage('the data of a job is not flat', 'hand over strings, numbers, booleans, nulls and lists of strings');
  const text = JSON.stringify(data);
  if (Buffer.byteLength(text) > JOB_DATA_BYTES)
    throw usage(`the data of a job is larger than ${JOB_DATA_BYTES} bytes`, 'hand over ids and digests, not content');
  return JSON.parse(text) as JobData;
}

function isJobValue(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((item) => typeof item === 'string');
  return value === null || ['string', 'boolean'].includes(typeof value) || Number.isFinite(value);
}

/** What may be shown of a failure; a fault in the program is INTERNAL and keeps its words to itself. */
export function failureOf(error: unknown): JobFailure {
  if (!isWeighbridgeError(error)) {
    const hint = 'look into the log of the worker';
    return { outcome: 'INTERNAL', message: 'the worker met a fault of its own', hint, details: {} };
  }
  const shown = Object.entries(error.details).filter(
    (detail): detail is [string, string | number] => typeof detail[1] === 'string' || typeof detail[1] === 'number',
  );
  return { outcome: error.code, message: error.message, hint: error.hint, details: Object.fromEntries(shown) };
}

/** Of a job whose workers died as often as it may be tried. */
export function lostFailure(tries: number): JobFailure {
  const message = `its worker died or was lost ${tries} times`;
  return { outcome: 'INTERNAL', message, hint: 'look into the log of the worker, then retry the job', details: {} };
}

/** How long to wait before the next try, or undefined when there is none. @param tries starts so far */
export function pauseBeforeRetry({ outcome }: JobFailure, tries: number, policy: RetryPolicy): number | undefined {
  if (!HEALING.has(outcome) || tries >= policy.tries) return undefined;
  return Math.min(policy.firstMs * 2 ** (tries - 1), policy.mostMs);
}

function usage(problem: string, hint: string): WeighbridgeError {
  return new WeighbridgeError('USAGE', problem, { hint });
}
