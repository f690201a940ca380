import { spawnSync } from 'node:child_process';
import { rmSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { weighbridge } from '../support/command-line.js';
import type { PreparedDisk } from './prepared-disk.js';
import { EVERYTHING } from './seeded-sample.js';

const KIB = 1024;
/** KiB that are free: nothing, less than a state file's folder, a part of a release, almost all of it. */
const FREE = EVERYTHING ? [0, 16, 512, 2048, 3072] : [0, 2048];

export interface FullDiskFigures {
  readonly outcomes: readonly string[];
  readonly wrong: readonly string[];
}

/** Runs a scenario's command where little room is left, and again when there is room. */
export async function fillDisk({ scenario, image: prepared, copies }: PreparedDisk): Promise<FullDiskFigures> {
  const file = join(copies(), 'run.img');
  const outcomes: string[] = [];
  const wrong: string[] = [];
  for (const free of FREE) {
    const image = prepared.copy(file);
    await image.with(async () => {
      try {
        const ballast = leaveFree(image.folder, free * KIB);
        const { answer, stderr } = await weighbridge(scenario.command(image.folder));
        outcomes.push(String(answer.outcome));
        if (answer.outcome !== 'IO' && answer.outcome !== 'OK') throw new Error(`${answer.message ?? stderr}`);
        rmSync(ballast);
        await scenario.check(image.folder, answer.outcome === 'OK');
        await scenario.finish(image.folder);
      } catch (error) {
        wrong.push(`${free} KiB free: ${(error as Error).message}`);
      }
    });
  }
  return { outcomes, wrong };
}

/** @returns the file that takes the rest */
function leaveFree(folder: string, bytes: number): string {
  const ballast = join(folder, 'ballast');
  // ends with an error, when the disk is full
  spawnSync('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=1024', 'conv=fsync']);
  truncateSync(ballast, Math.max(0, statSync(ballast).size - bytes));
  return ballast;
}
