import type { Digest } from '@weighbridge/core/brands';
import { parseReleaseRef } from '@weighbridge/core/names';
import type { JobData } from '@weighbridge/ports/queue';
import { describe, expect, it } from 'vitest';
import { type DeltaJob, deltaJobOrder, deltaKey, readDeltaJob } from './delta-job.js';

const digest = (digit: string): Digest => digit.repeat(128) as Digest;
const side = (name: string, digit: string) => ({ ref: parseReleaseRef(name), releaseDigest: digest(digit) });
const JOB: DeltaJob = {
  mode: 'build',
  from: side('acme/pilot@1', '1'),
  to: side('acme/pilot@2', '2'),
  budgetBytes: 21_000_000,
  bundle: digest('b'),
};

describe('a delta job', () => {
  it.each([JOB, { ...JOB, from: null, budgetBytes: null, mode: 'plan' as const }])(
    'comes back as it was ordered',
    (job) => expect(readDeltaJob(deltaJobOrder(job, 0).data)).toEqual(job),
  );

  it('is named by its releases; a plan by its budget too', () => {
    const { key } = deltaJobOrder(JOB, 0);
    expect(deltaKey({ ...JOB, budgetBytes: 5 }, 0)).toBe(key);
    expect(deltaJobOrder({ ...JOB, bundle: digest('c') }, 0).key).toBe(key);
    const others = [
      deltaKey(JOB, 1),
      deltaKey({ ...JOB, from: null }, 0),
      deltaKey({ ...JOB, to: side('acme/pilot@2', '3') }, 0),
      deltaKey({ ...JOB, mode: 'plan' }, 0),
      deltaKey({ ...JOB, mode: 'plan', budgetBytes: 5 }, 0),
    ];
    expect(new Set([key, ...others]).size).toBe(6);
  });

  it.each<[string, JobData]>([
    ['another mode', { mode: 'run' }],
    ['a path for a release', { to: '../../etc' }],
    ['no digest of the base', { base: null }],
    ['a short digest', { target: 'ab' }],
    ['a path for a bundle', { bundle: '../../keys/publisher' }],
    ['a budget of nothing', { budgetBytes: 0 }],
    ['a budget that is text', { budgetBytes: '5' }],
  ])('with %s is refused', (_, poison) => {
    const data = { ...deltaJobOrder(JOB, 0).data, ...poison };
    expect(() => readDeltaJob(data)).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });
});
