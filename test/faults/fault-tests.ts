import { expect, test } from 'vitest';
import { whyNoImages } from './disk-image.js';
import { failCalls } from './errno-faults.js';
import { type CutFigures, cutPower, cutPowerTwice } from './power-cuts.js';
import type { Scenario } from './scenario.js';

const WHY_NOT = whyNoImages();
if (WHY_NOT !== undefined) console.error(`NOT RUN: power cuts and failing disks; ${WHY_NOT}`);

/** What every command that changes a disk must stand. Without `FAULTS=all` a seeded sample. */
export function faultTests(scenario: Scenario): void {
  const on = test.skipIf(WHY_NOT !== undefined);

  on('power cut at mutating calls, only what was synced is there', async () => {
    const figures = await cutPower(scenario, { reached: 'synced', most: 5 });
    tell(scenario, 'synced', figures);
    requireNoneLost(figures);
  });

  on('power cut at mutating calls, all that was written is there', async () => {
    const figures = await cutPower(scenario, { reached: 'all', most: 3 });
    tell(scenario, 'all written', figures);
    requireNoneLost(figures);
  });

  on('power cut twice', async () => {
    const figures = await cutPowerTwice(scenario, 2);
    tell(scenario, 'twice', figures);
    requireNoneLost(figures);
  });

  on('failing calls', async () => {
    const { points, checked, outcomes, wrong } = await failCalls(scenario, 5);
    const said = Object.entries(outcomes).map(([outcome, times]) => `${outcome} ${times}`);
    console.log(
      `${scenario.name}, errno: points ${points}, checked ${checked} (${said.join(', ')}), wrong ${wrong.length}`,
    );
    expect(checked).toBeGreaterThan(0);
    expect(wrong).toEqual([]);
  });
}

function requireNoneLost({ points, checked, lost }: CutFigures): void {
  expect(points, 'mutating calls were seen').toBeGreaterThan(0);
  expect(checked).toBeGreaterThan(0);
  expect(lost).toEqual([]);
}

function tell({ name }: Scenario, what: string, figures: CutFigures): void {
  const { points, states, checked, lost } = figures;
  console.log(`${name}, ${what}: points ${points}, states ${states}, checked ${checked}, lost ${lost.length}`);
}
