import type { Digest, ModelName, Version } from '@weighbridge/core/brands';
import { canonicalBytes } from '@weighbridge/core/canonical-json';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { isDigest } from '@weighbridge/core/hex';
import type { JsonObject } from '@weighbridge/core/json';
import { parseModelName, parseVersion } from '@weighbridge/core/names';
import { sha3Digest } from '@weighbridge/core/sha3';
import type { JobData } from '@weighbridge/ports/queue';

/** Kinds of jobs, each done by one service. */
export const JOB_KINDS = { register: 'register', digest: 'digest', publish: 'publish', delta: 'delta' } as const;

/** A key that names work of a kind by its content. */
export function jobKey(content: JsonObject): string {
  return `sha3-${sha3Digest(canonicalBytes(content)).slice(0, 64)}`;
}

/** Reads job data, which may be poisoned: whoever writes into the queue is not trusted to have checked it. */
export const readJob = {
  model: (data: JobData): ModelName => parseModelName(readJob.text(data, 'model')),
  version: (data: JobData): Version => parseVersion(readJob.text(data, 'version')),
  digest(data: JobData, name: string): Digest {
    const value = data[name];
    if (isDigest(value)) return value;
    throw poisoned(name);
  },
  text(data: JobData, name: string): string {
    const value = data[name];
    if (typeof value === 'string') return value;
    throw poisoned(name);
  },
  one<T extends string>(data: JobData, name: string, known: readonly T[]): T {
    const value = known.find((one) => one === data[name]);
    if (value !== undefined) return value;
    throw poisoned(name);
  },
  code(data: JobData, name: string): number {
    const value = data[name];
    if (typeof value === 'number' && Number.isSafeInteger(value) && value > 0) return value;
    throw poisoned(name);
  },
  list(data: JobData, name: string): readonly string[] {
    const value = data[name];
    if (Array.isArray(value)) return value as readonly string[];
    throw poisoned(name);
  },
};

function poisoned(name: string): WeighbridgeError {
  return new WeighbridgeError('USAGE', `the job has no good ${name}`, {
    hint: 'order it again over HTTP; nobody else may write into the queue',
  });
}
