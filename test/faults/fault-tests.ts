import { afterAll, beforeAll, expect, test } from 'vitest';
import { whyNoImages } from './disk-image.js';
import { failCalls } from './errno-faults.js';
import { fillDisk } from './full-disk.js';
import { type CutFigures, cutPower, cutPowerTwice } from './power-cuts.js';
import { type PreparedDisk, prepareDisk } from './prepared-disk.js';
import type { Scenario } from './scenario.js';
import { EVERYTHING } from './seeded-sample.js';

const WHY_NOT = whyNoImages();
if (WHY_NOT !== undefined) console.error(`NOT RUN: power cuts and failing disks; ${WHY_NOT}`);

/**
 * What every command that changes a disk must stand. Without `FAULTS=all` a seeded sample.
 * @param make gives the scenario when the tests begin
 */
export function faultTests(make: () => Scenario): void {
  const on = test.skipIf(WHY_NOT !== undefined);
  let disk: PreparedDisk;
  beforeAll(async () => {
    if (WHY_NOT === undefined) disk = await prepareDisk(make());
  });
  afterAll(() => disk?.remove());

  on('power cut, what was not synced is gone', async () => {
    const figures = await cutPower(disk, { reached: 'synced', most: 3 });
    tell(disk, 'synced', figures);
    requireNoneLost(figures);
  });

  on('power cut, all that was written is there', async () => {
    const figures = await cutPower(disk, { reached: 'all', most: 1 });
    tell(disk, 'all written', figures);
    requireNoneLost(figures);
  });

  on('power cut twice', async () => {
    const figures = await cutPowerTwice(disk, EVERYTHING ? 4 : 1);
    tell(disk, 'twice', figures);
    requireNoneLost(figures);
  });

  on('a disk that is full', async () => {
    const { outcomes, wrong } = await fillDisk(disk);
    console.log(`${disk.scenario.name}, full disk: ${outcomes.join(' ')}, wrong ${wrong.length}`);
    expect(outcomes).toContain('IO');
    expect(wrong).toEqual([]);
  });

  on('calls that fail', async () => {
    const { points, checked, outcomes, wrong } = await failCalls(disk, 3);
    const said = Object.entries(outcomes).map(([outcome, times]) => `${outcome} ${times}`);
    const { name } = disk.scenario;
    console.log(`${name}, errno: points ${points}, checked ${checked} (${said.join(', ')}), wrong ${wrong.length}`);
    expect(checked).toBeGreaterThan(0);
    expect(wrong).toEqual([]);
  });
}

function requireNoneLost({ points, checked, lost }: CutFigures): void {
  expect(points, 'mutating calls were seen').toBeGreaterThan(0);
  expect(checked).toBeGreaterThan(0);
  expect(lost).toEqual([]);
}

function tell({ scenario: { name } }: PreparedDisk, what: string, figures: CutFigures): void {
  const { points, states, checked, lost } = figures;
  console.log(`${name}, ${what}: points ${points}, states ${states}, checked ${checked}, lost ${lost.length}`);
}
