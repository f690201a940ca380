import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { BIN, environment } from './child.js';
import { makePilot, makeTiny } from './models.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder that `prepare` fills; nobody changes it, tests copy what they change. */
    readonly world: string;
  }
}

/** Two projects of one run use one world; each loads this module for itself. */
const shared = globalThis as { weighbridgeWorld?: { readonly folder: Promise<string>; users: number } };

/** Makes, once for all test files, what they would each spend half a minute on. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  shared.weighbridgeWorld ??= { folder: prepareNew(), users: 0 };
  const world = shared.weighbridgeWorld;
  world.users += 1;
  project.provide('world', await world.folder);
  return async () => {
    world.users -= 1;
    if (world.users === 0) rmSync(await world.folder, { recursive: true, force: true });
  };
}

async function prepareNew(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'weighbridge-world-'));
  await prepare(folder);
  return folder;
}

/**
 * A publisher's home with releases in every status, and what was exported for devices meanwhile:
 * `acme/pilot` 1.0.0 superseded, 2.0.0 approved, 3.0.0 pending; `acme/tiny` 1.0.0 revoked.
 */
async function prepare(folder: string): Promise<void> {
  for (const version of [1, 2, 3]) await makePilot(join(folder, `models/pilot-${version}`), version);
  await makeTiny(join(folder, 'models/tiny'));
  const weighbridge = runnerIn(folder);
  const publish = (model: string, ref: string) => {
    const [name, version] = ref.split('@');
    weighbridge(`register models/${model} --model ${name} --version ${version} --license MIT`);
  };
  const approve = (ref: string) => weighbridge(`approve ${ref} --as alice`);
  const seal = (ref: string, file: string) => weighbridge(`bundle export ${ref} -o ${file}.bundle`);

  weighbridge('namespace claim acme --approver alice=legal --approver bob=security --threshold 1 --guardian warden');
  publish('pilot-1', 'acme/pilot@1.0.0');
  approve('acme/pilot@1.0.0');
  seal('acme/pilot@1.0.0', 'pilot-1-early');
  publish('pilot-2', 'acme/pilot@2.0.0');
  approve('acme/pilot@2.0.0');
  seal('acme/pilot@1.0.0', 'pilot-1');
  seal('acme/pilot@2.0.0', 'pilot-2');
  publish('pilot-3', 'acme/pilot@3.0.0');
  publish('tiny', 'acme/tiny@1.0.0');
  approve('acme/tiny@1.0.0');
  seal('acme/tiny@1.0.0', 'tiny');
  weighbridge('revoke acme/tiny@1.0.0 --reason recalled --code quality');
  seal('acme/tiny@1.0.0', 'tiny-revoked');
  weighbridge('trust export -o trust.json');
}

function runnerIn(folder: string): (line: string) => void {
  return (line) => {
    const ended = spawnSync(BIN, ['--home', 'publisher', ...line.split(' ')], {
      cwd: folder,
      encoding: 'utf8',
      env: environment(),
    });
    if (ended.status !== 0) throw new Error(`weighbridge ${line}: ${ended.stderr}`);
  };
}
