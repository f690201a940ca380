import { rmSync } from 'node:fs';
import { type PreparedDisk, prepareDisk } from './prepared-disk.js';
import type { Scenario } from './scenario.js';
import { sample } from './seeded-sample.js';
import { type DiskState, type WalkOptions, walk } from './states.js';

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
export async function cutPower(scenario: Scenario, { reached, most }: CutOptions): Promise<CutFigures> {
  const disk = await prepareDisk(scenario);
  const { points, states, end } = await walked(disk, scenario, reached);
  if (end.answer.outcome !== 'OK') throw new Error(`${scenario.name}: ${JSON.stringify(end.answer)} ${end.stderr}`);
  const chosen = sample(states, most, ({ after }) => after);
  const lost: string[] = [];
  for (const state of chosen) {
    const problem = await problemOf(state, scenario);
    if (problem !== undefined) lost.push(`after ${state.after}: ${problem}`);
  }
  return { points, states: states.length, checked: chosen.length, lost };
}

async function walked(disk: PreparedDisk, scenario: Scenario, reached: WalkOptions['reached']) {
  const copies = disk.copies(reached);
  const run = disk.image.copy(`${copies}/run.img`);
  return run.with(() => walk(run, scenario.command(run.folder), { reached, copies }));
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
export async function cutPowerTwice(scenario: Scenario, most: number): Promise<CutFigures> {
  const disk = await prepareDisk(scenario);
  const first = await walked(disk, scenario, 'synced');
  const figures = { points: 0, states: 0, checked: 0, lost: [] as string[] };
  for (const [index, state] of sample(first.states.slice(0, -1), most, ({ after }) => after).entries()) {
    const copies = disk.copies(`second-${index}`);
    const second = await state.image.with(() =>
      walk(state.image, scenario.command(state.image.folder), { reached: 'synced', copies }),
    );
    figures.points += second.points;
    figures.states += second.states.length;
    for (const again of sample(second.states, most, ({ after }) => after)) {
      figures.checked += 1;
      const problem = await problemOf(again, scenario);
      if (problem !== undefined) figures.lost.push(`after ${state.after}, then ${again.after}: ${problem}`);
    }
  }
  return figures;
}
