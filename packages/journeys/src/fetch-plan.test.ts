import type { ManifestFile } from '@weighbridge/manifest/manifest';
import type { ChannelName } from '@weighbridge/ports/channel';
import { describe, expect, it } from 'vitest';
import type { ChannelFault } from './channel-fault.js';
import { type ChunkRun, FetchPlan, runsOf } from './fetch-plan.js';

const FILE = { path: 'weights.bin', size: 200 * 1_048_576 } as ManifestFile;
const BOTH: ChannelName[] = ['git-lfs', 'ipfs'];
const NEVER = new AbortController().signal;

function fault(channel: ChannelName, problem: ChannelFault['problem'] = 'wrong'): ChannelFault {
  return { channel, problem, file: 'weights.bin', message: 'why' };
}

function planOf(runs: readonly ChunkRun[], channels = BOTH): { plan: FetchPlan; lost: ChunkRun[] } {
  const lost: ChunkRun[] = [];
  return { plan: new FetchPlan(runs, channels, (run) => lost.push(run)), lost };
}

describe('runsOf', () => {
  const ends = (wanted: number[]) => runsOf(FILE, wanted).map(({ first, end }) => [first, end]);

  it('joins neighbors, at most 64', () => {
    expect(ends(Array.from({ length: 130 }, (_, index) => index))).toEqual([
      [0, 64],
      [64, 128],
      [128, 130],
    ]);
  });

  it('cuts at gaps', () =>
    expect(ends([0, 1, 5, 7, 8])).toEqual([
      [0, 2],
      [5, 6],
      [7, 9],
    ]));
  it('of nothing is nothing', () => expect(ends([])).toEqual([]));
});

describe('FetchPlan', () => {
  const [run] = runsOf(FILE, [0, 1]);

  it('gives each run once', async () => {
    const { plan } = planOf(runsOf(FILE, [0, 5]));
    const taken = [await plan.next('ipfs', NEVER), await plan.next('git-lfs', NEVER)];
    expect(taken.map((one) => one?.first)).toEqual([0, 5]);
    plan.end();
    plan.end();
    expect(await plan.next('ipfs', NEVER)).toBeUndefined();
  });

  it('what one channel fails goes to the other, which waits for it', async () => {
    const { plan, lost } = planOf([run!]);
    const taken = await plan.next('ipfs', NEVER);
    const waiting = plan.next('git-lfs', NEVER);
    plan.giveBack({ ...taken!, first: 1 }, fault('ipfs'));
    plan.end();
    expect(await waiting).toMatchObject({ first: 1, end: 2, faults: [{ channel: 'ipfs' }] });
    plan.end();
    expect(await plan.next('ipfs', NEVER)).toBeUndefined();
    expect(lost).toEqual([]);
  });

  it('what all fail is lost, with what each did', async () => {
    const { plan, lost } = planOf([run!]);
    plan.giveBack((await plan.next('ipfs', NEVER))!, fault('ipfs'));
    plan.end();
    plan.giveBack((await plan.next('git-lfs', NEVER))!, fault('git-lfs', 'missing'));
    expect(lost).toMatchObject([{ faults: [{ channel: 'ipfs' }, { channel: 'git-lfs' }] }]);
  });

  it('a channel that stalls twice in a row is given up', async () => {
    const { plan, lost } = planOf(runsOf(FILE, [0, 2, 4]));
    for (const _ of [1, 2]) {
      plan.giveBack((await plan.next('ipfs', NEVER))!, fault('ipfs', 'stalled'));
      plan.end();
    }
    expect(await plan.next('ipfs', NEVER)).toBeUndefined();
    expect(lost).toEqual([]);
    expect((await plan.next('git-lfs', NEVER))?.first).toBe(4);
  });

  it('a stall among good answers is none for good', async () => {
    const { plan } = planOf(runsOf(FILE, [0, 2, 4]));
    plan.giveBack((await plan.next('ipfs', NEVER))!, fault('ipfs', 'stalled'));
    plan.praise('ipfs');
    plan.giveBack((await plan.next('ipfs', NEVER))!, fault('ipfs', 'stalled'));
    expect(await plan.next('ipfs', NEVER)).toBeDefined();
  });

  it('runs that only a channel that is given up could give are lost', async () => {
    const { plan, lost } = planOf(runsOf(FILE, [0, 2]), ['ipfs']);
    plan.giveBack((await plan.next('ipfs', NEVER))!, fault('ipfs', 'stalled'));
    expect(lost).toHaveLength(1);
  });

  it('a lane that waits ends with the reason of an abort', async () => {
    const { plan } = planOf([run!]);
    await plan.next('ipfs', NEVER);
    const controller = new AbortController();
    const waiting = plan.next('git-lfs', controller.signal);
    controller.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });
});
