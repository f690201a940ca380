import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { PreparedDisk } from './prepared-disk.js';
import type { Scenario } from './scenario.js';
import { sample } from './seeded-sample.js';
import { type DiskState, type Walk, type WalkOptions, walk } from './states.js';

export interface CutFigures {
  /** Mutating system calls at which the power may go. */
  readonly points: number;
  /** Different disks after them. */
  readonly states: number;
  readonly checked: number;
  readonly lost: readonly string[];
}

export interface CutOptions {
  readonly reached: WalkOptions['reached'];
  /** How many states are checked, unless all are. */
  readonly most: number;
}

/** Cuts the power at each mutating call of a scenario's command, checks what is left, and runs the command again. */
export async function cutPower(disk: PreparedDisk, { reached, most }: CutOptions): Promise<CutFigures> {
  const { points, states } = await walked(disk, reached);
  const chosen = sample(states, most, ({ after }) => after);
  const lost: string[] = [];
  for (const state of chosen) {
    const problem = await problemOf(state, disk.scenario);
    if (problem !== undefined) lost.push(`after ${state.after}: ${problem}`);
  }
  return { points, states: states.length, checked: chosen.length, lost };
}

async function walked({ scenario, image, copies }: PreparedDisk, reached: WalkOptions['reached']): Promise<Walk> {
  const folder = copies();
  const run = image.copy(join(folder, 'run.img'));
  const whole = await run.with(() => walk(run, scenario.command(run.folder), { reached, copies: folder }));
  const { answer, stderr } = whole.end;
  if (answer.outcome !== 'OK') throw new Error(`${scenario.name}: ${answer.outcome} ${answer.message ?? stderr}`);
  return whole;
}

async function problemOf({ image, acknowledged }: DiskState, scenario: Scenario): Promise<string | undefined> {
  try {
    await image.with(async () => {
      await scenario.check(image.folder, acknowledged);
      await scenario.finish(image.folder);
    });
    rmSync(image.file);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Cuts the power twice: in the command, and in the run that takes it up again. */
export async function cutPowerTwice(disk: PreparedDisk, most: number): Promise<CutFigures> {
  const { scenario } = disk;
  const first = await walked(disk, 'synced');
  const figures = { points: 0, states: 0, checked: 0, lost: [] as string[] };
  // Before the command was through: afterwards there is nothing left to cut.
  const broken = first.states.slice(0, Math.max(1, first.states.length - 2));
  for (const { image, after } of sample(broken, most, (state) => state.after)) {
    const options = { reached: 'synced', copies: disk.copies() } as const;
    const second = await image.with(() => walk(image, scenario.command(image.folder), options));
    figures.points += second.points;
    figures.states += second.states.length;
    for (const state of sample(second.states, most, (again) => again.after)) {
      figures.checked += 1;
      const problem = await problemOf(state, scenario);
      if (problem !== undefined) figures.lost.push(`after ${after}, then ${state.after}: ${problem}`);
    }
  }
  return figures;
}
