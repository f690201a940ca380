import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSandbox, type Sandbox } from '../support/sandbox.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** What the check reads; the dependencies are shared. */
const TREE = [
  'packages',
  'services',
  'scripts',
  'contracts/package.json',
  'contracts/abi',
  'test/support',
  'package.json',
];
const CONFIGURATION = ['.dependency-cruiser.cjs', 'tsconfig.base.json'];

let copy: Sandbox;
beforeAll(() => {
  copy = openSandbox();
  mkdirSync(copy.at('contracts'));
  mkdirSync(copy.at('test'));
  for (const path of [...TREE, ...CONFIGURATION]) execFileSync('cp', ['-a', `${ROOT}${path}`, copy.at(path)]);
  symlinkSync(`${ROOT}node_modules`, copy.at('node_modules'));
});
afterAll(() => rmSync(copy.folder, { recursive: true, force: true }));

function checkLayers(env: Readonly<Record<string, string>> = {}): { status: number | null; text: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [copy.at('scripts/check-layers.mjs')], {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  return { status, text: `${stdout}${stderr}` };
}

/** Each must be refused for itself: across a package line, by a package's name, of a type alone, of what opens files. */
const PLANTED = {
  'planted-relative': "export { parseLine } from '../../cli/src/program.js';",
  'planted-by-name': "export { openDocument } from '@weighbridge/files-local/local-document';",
  'planted-type-only': "export type { Chain } from '../../ports/src/chain.js';",
  'planted-file-system': "export { readFileSync } from 'node:fs';",
};

/** Checks the layers with these files more in the pure package that decides. */
function checkWithPlanted(files: Readonly<Record<string, string>>): { status: number | null; text: string } {
  for (const [name, line] of Object.entries(files))
    writeFileSync(copy.at(`packages/verify/src/${name}.ts`), `${line}\n`);
  return checkLayers();
}

describe('the layer check', () => {
  it('refuses every kind of import that leads out of a layer, and nothing of the tree as it is', () => {
    const { status, text } = checkWithPlanted(PLANTED);
    for (const name of Object.keys(PLANTED)) expect(text).toContain(`packages/verify/src/${name}.ts → `);
    const refused = text.split('\n').filter((line) => line.startsWith('error '));
    expect(refused.filter((line) => !line.includes('packages/verify/src/planted-'))).toEqual([]);
    expect(status).toBe(1);
  });

  it('fails when it sees too few modules', () => {
    const { status, text } = checkLayers({ LAYERS_FOLDER: 'packages/core' });
    expect(text).toMatch(/does not see the sources/);
    expect(status).toBe(1);
  });
});
