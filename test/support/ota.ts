import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { startWeighbridge, weighbridge } from './command-line.js';
import type { ChildEnd, StartedChild } from './child.js';
import { until } from './hold-lock.js';
import { openSandboxAt, prepared, type Sandbox, sandbox } from './sandbox.js';

const MAKING_MS = 300_000;

/** What was made once for a file of tests: packages, bundles, and devices at each stage of an update. */
export interface OtaWorld {
  /** `full-1` `full-2` `1-2` `2-3` of `acme/pilot`, `plain` of a folder. */
  pack(name: string): string;
  /** `1` `2` `2-revoked`: later than what the packages hold, `1` and `2-revoked` of a later block. */
  bundle(name: string): string;
  /** A device of a test's own at `none`, `trial-1`, `one`, `trial-2` or `two`. */
  device(stage: Stage): Device;
  readonly publisher: string;
}

export type Stage = 'none' | 'trial-1' | 'one' | 'trial-2' | 'two';

export interface ShownSlot {
  readonly slot: string;
  readonly release: string | null;
  readonly releaseDigest: string | null;
  readonly state: string;
}

/** What `ota status` says. */
export interface Status {
  readonly outcome: string;
  readonly message: string;
  readonly active: ShownSlot;
  readonly other: ShownSlot;
  readonly triesLeft: number;
  readonly reason: string | null;
}

/** A device with slots, a home folder and the prepared trust file. */
export class Device {
  readonly home: string;
  readonly slots: string;
  private readonly trust = ['--trust', prepared.trust];

  constructor(readonly box: Sandbox) {
    this.home = box.at('home');
    this.slots = box.at('slots');
  }

  at(...parts: string[]): string {
    return this.box.at('slots', ...parts);
  }

  installLine(pack: string, ...more: readonly string[]): string[] {
    return ['ota', 'install', pack, '--slots', this.slots, ...this.trust, ...more];
  }

  bootLine(...more: readonly string[]): string[] {
    return ['boot', '--slots', this.slots, ...this.trust, ...more];
  }

  line(command: 'status' | 'confirm' | 'rollback'): string[] {
    return ['ota', command, '--slots', this.slots];
  }

  async status(): Promise<Status> {
    return (await weighbridge(this.line('status'), { home: this.home })).answer as unknown as Status;
  }

  /** Boots a program; what it says and how it ends is its own. */
  start(program: readonly string[], more: readonly string[] = [], cwd?: string): StartedChild {
    const line = this.bootLine(...more, '--', ...program);
    return startWeighbridge(line, { home: this.home, json: false, ...(cwd === undefined ? {} : { cwd }) });
  }

  run(program: readonly string[], more: readonly string[] = []): Promise<ChildEnd> {
    return this.start(program, more).ended;
  }
}

/** Made by the first file of tests that asks, for all files of a run; it goes with the prepared world. */
export async function otaWorld(): Promise<OtaWorld> {
  const folder = join(inject('world'), 'ota');
  const at = (...parts: string[]) => join(folder, ...parts);
  const publisher = at('publisher');
  if (claims(folder)) await makeWorld(openSandboxAt(folder), publisher, at('ready'));
  await until(() => existsSync(at('ready')), MAKING_MS);
  return {
    pack: (name) => at(`${name}.wbdelta`),
    bundle: (name) => at(`${name}.bundle`),
    publisher,
    device: (stage) => {
      const own = sandbox();
      // a first install needs no home folder yet
      for (const part of ['home', 'slots']) if (existsSync(at(stage, part))) own.copy(at(stage, part), part);
      return new Device(own);
    },
  };
}

/** Whether nobody else makes it. */
function claims(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch {
    return false;
  }
}

async function makeWorld(box: Sandbox, publisher: string, ready: string): Promise<void> {
  box.copy(prepared.home, 'publisher');
  await buildPackages(box, publisher);
  await makeStages(box);
  writeFileSync(ready, '');
}

async function buildPackages(box: Sandbox, home: string): Promise<void> {
  const run = (line: string) => ok(line.split(' '), home);
  const build = (name: string, sides: string) => run(`delta build ${sides} -o ${box.at(`${name}.wbdelta`)}`);
  const seal = (ref: string, name: string) => run(`bundle export ${ref} -o ${box.at(`${name}.bundle`)}`);
  await run('approve acme/pilot@3.0.0 --as bob');
  for (const version of [1, 2]) await build(`full-${version}`, `--to acme/pilot@${version}.0.0`);
  await build('1-2', '--from acme/pilot@1.0.0 --to acme/pilot@2.0.0');
  await build('2-3', '--from acme/pilot@2.0.0 --to acme/pilot@3.0.0');
  await build('plain', `--to ${prepared.model('pilot-1')}`);
  await seal('acme/pilot@2.0.0', '2');
  await run('revoke acme/pilot@2.0.0 --reason recalled');
  await seal('acme/pilot@1.0.0', '1');
  await seal('acme/pilot@2.0.0', '2-revoked');
}

/** Each stage goes on from the one before. */
async function makeStages(box: Sandbox): Promise<void> {
  const stage = (name: Stage) => new Device({ ...box, at: (...parts) => box.at(name, ...parts) });
  const go = async (device: Device, line: readonly string[]) => ok(line, device.home);
  const first = stage('trial-1');
  await go(first, first.installLine(box.at('full-1.wbdelta')));
  const one = stage('one');
  box.copy(box.at('trial-1'), 'one');
  await go(one, one.bootLine());
  await go(one, one.line('confirm'));
  const trial = stage('trial-2');
  box.copy(box.at('one'), 'trial-2');
  await go(trial, trial.installLine(box.at('1-2.wbdelta')));
  const two = stage('two');
  box.copy(box.at('trial-2'), 'two');
  await go(two, two.bootLine());
  await go(two, two.line('confirm'));
}

async function ok(line: readonly string[], home: string): Promise<void> {
  const { answer } = await weighbridge(line, { home });
  if (answer.outcome !== 'OK') throw new Error(`weighbridge ${line.join(' ')}: ${answer.message}`);
}
