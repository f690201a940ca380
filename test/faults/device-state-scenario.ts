import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { expectOutcome } from '../support/command-line.js';
import { verifyOffline } from '../support/device.js';
import { PILOT_2, prepared } from '../support/sandbox.js';
import type { Scenario } from './scenario.js';

/** A device that knows 1.0.0 accepts 2.0.0; from then on 1.0.0 is a rollback. */
export const DEVICE_STATE: Scenario = {
  name: 'verify, keeping the state',
  mebibytes: 32,

  async prepare(disk) {
    await expectOutcome('OK', accept('pilot-1-early', disk));
  },

  command: (disk) => accept('pilot-2', disk),

  async check(disk, acknowledged) {
    const state = JSON.parse(readFileSync(join(disk, 'home/device-state.json'), 'utf8')) as {
      models: Record<string, { versionCode: number }>;
    };
    const kept = state.models[PILOT_2.split('@')[0]!]?.versionCode;
    expect(acknowledged ? [2] : [1, 2]).toContain(kept);
    await expectOutcome(kept === 2 ? 'ROLLBACK' : 'OK', accept('pilot-1-early', disk));
  },

  // A read-only state is obeyed, and the answer says that it was not changed.
  promises: ({ notes }) => !(notes as string[]).some((note) => note.includes('read-only')),

  async finish(disk) {
    await expectOutcome('OK', accept('pilot-2', disk));
    await expectOutcome('ROLLBACK', accept('pilot-1-early', disk));
  },
};

const accept = (bundle: 'pilot-1-early' | 'pilot-2', disk: string) => [
  ...['--home', join(disk, 'home')],
  ...verifyOffline(prepared.model(bundle === 'pilot-2' ? 'pilot-2' : 'pilot-1'), { bundle: prepared.bundle(bundle) }),
];
