import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, inject } from 'vitest';
import { expectOutcome, weighbridge } from '../support/command-line.js';
import { Device, type OtaWorld, type Stage, type Status } from '../support/ota.js';
import { openSandboxAt, PILOT_1, PILOT_2 } from '../support/sandbox.js';
import type { Scenario } from './scenario.js';

const MEBIBYTES = 32;
const on = (disk: string) => new Device(openSandboxAt(disk));
const run = (device: Device, line: readonly string[]) => weighbridge(line, { home: device.home });

/** What each command of a device must stand. */
export function otaScenarios(world: OtaWorld): readonly Scenario[] {
  const withHome = (disk: string, line: readonly string[]) => ['--home', on(disk).home, ...line];
  const from = (stage: Stage) => async (disk: string) => {
    for (const part of ['home', 'slots']) execFileSync('cp', ['-a', join(inject('world'), 'ota', stage, part), disk]);
  };
  return [
    {
      name: 'ota install, first',
      mebibytes: MEBIBYTES,
      prepare: async () => {},
      command: (disk) => withHome(disk, on(disk).installLine(world.pack('full-1'))),
      check: async (disk, acknowledged) => {
        const { answer } = await run(on(disk), on(disk).bootLine());
        expect(acknowledged ? ['OK'] : ['OK', 'UNVERIFIABLE', 'USAGE'], String(answer.message)).toContain(
          answer.outcome,
        );
      },
      finish: async (disk) => {
        await expectOutcome('OK', on(disk).installLine(world.pack('full-1')), { home: on(disk).home });
        await requireBoots(on(disk), [PILOT_1]);
      },
    },
    {
      name: 'ota install',
      mebibytes: MEBIBYTES,
      prepare: from('one'),
      command: (disk) => withHome(disk, on(disk).installLine(world.pack('1-2'))),
      check: (disk, acknowledged) => requireBoots(on(disk), acknowledged ? [PILOT_2] : [PILOT_1, PILOT_2]),
      finish: async (disk) => {
        await expectOutcome('OK', on(disk).installLine(world.pack('1-2')), { home: on(disk).home });
        await requireBoots(on(disk), [PILOT_2]);
      },
    },
    {
      name: 'boot on trial',
      mebibytes: MEBIBYTES,
      prepare: from('trial-2'),
      command: (disk) => withHome(disk, on(disk).bootLine()),
      check: async (disk, acknowledged) => {
        const { triesLeft, active } = await on(disk).status();
        expect(active).toMatchObject({ release: PILOT_2, state: 'trial' });
        expect(acknowledged ? [TRIES - 1] : [TRIES, TRIES - 1], 'tries left').toContain(triesLeft);
      },
      finish: (disk) => requireBoots(on(disk), [PILOT_2]),
    },
    {
      name: 'ota confirm',
      mebibytes: MEBIBYTES,
      prepare: from('trial-2'),
      command: (disk) => withHome(disk, on(disk).line('confirm')),
      check: async (disk, acknowledged) => {
        const { active } = await on(disk).status();
        expect(active.release).toBe(PILOT_2);
        expect(acknowledged ? ['confirmed'] : ['confirmed', 'trial']).toContain(active.state);
        await requireBoots(on(disk), [PILOT_2]);
      },
      finish: (disk) => again(on(disk), 'confirm', ({ active }) => active.state === 'confirmed'),
    },
    {
      name: 'ota rollback',
      mebibytes: MEBIBYTES,
      prepare: from('trial-2'),
      command: (disk) => withHome(disk, on(disk).line('rollback')),
      check: (disk, acknowledged) => requireBoots(on(disk), acknowledged ? [PILOT_1] : [PILOT_1, PILOT_2]),
      finish: (disk) => again(on(disk), 'rollback', ({ active }) => active.release === PILOT_1),
    },
  ];
}

/** As installed. */
const TRIES = 3;

async function requireBoots(device: Device, releases: readonly string[]): Promise<void> {
  const { answer } = await expectOutcome('OK', device.bootLine(), { home: device.home });
  expect(releases).toContain(answer.release);
}

/** Runs a command again; where it had done its work it may say that there is nothing to do. */
async function again(
  device: Device,
  command: 'confirm' | 'rollback',
  isDone: (status: Status) => boolean,
): Promise<void> {
  const before = isDone(await device.status());
  const { answer, stderr } = await run(device, device.line(command));
  expect(before ? ['OK', 'USAGE'] : ['OK'], `${answer.message ?? stderr}`).toContain(answer.outcome);
  expect(isDone(await device.status())).toBe(true);
}
