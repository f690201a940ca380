import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { expectOutcome, weighbridge } from '../support/command-line.js';
import { MIB, noise, put } from '../support/models.js';
import type { Scenario } from './scenario.js';

/** A package of a few leaves is applied to a folder beside its base. */
export const DELTA_APPLY: Scenario = {
  name: 'delta apply',
  mebibytes: 96,

  async prepare(disk) {
    const weights = noise('delta apply', 3 * MIB + 777);
    const changed = Buffer.from(weights);
    noise('delta apply, changed', MIB).copy(changed, MIB + 99);
    for (const [side, bytes] of [
      ['base', weights],
      ['target', changed],
    ] as const) {
      await put(join(disk, side, 'weights.bin'), bytes);
      await put(join(disk, side, 'nested/config.json'), `{"side":"${side}"}\n`);
    }
    const build = ['delta', 'build', '--from', join(disk, 'base'), '--to', join(disk, 'target')];
    await expectOutcome('OK', [...build, '-o', join(disk, 'update.wbd')], { home: join(disk, 'home') });
  },

  command: (disk) => applyOn(disk),

  async check(disk, acknowledged) {
    const there = existsSync(join(disk, 'new'));
    if (acknowledged) expect(there, 'acknowledged').toBe(true);
    if (there) requireEqual(join(disk, 'new'), join(disk, 'target'));
  },

  async finish(disk) {
    const there = existsSync(join(disk, 'new'));
    const { answer, stderr } = await weighbridge(applyOn(disk));
    expect(there ? ['OK', 'USAGE'] : ['OK'], `${answer.message ?? stderr}`).toContain(answer.outcome);
    requireEqual(join(disk, 'new'), join(disk, 'target'));
  },
};

const applyOn = (disk: string) => [
  ...['--home', join(disk, 'home'), 'delta', 'apply', join(disk, 'update.wbd')],
  ...['--base', join(disk, 'base'), '--to', join(disk, 'new')],
];

function requireEqual(folder: string, other: string): void {
  execFileSync('diff', ['-r', '-q', folder, other]);
}
