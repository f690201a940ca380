import { spawnSync } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

function checkLayers(env: Readonly<Record<string, string>> = {}): { status: number | null; text: string } {
  const args = ['scripts/check-layers.mjs'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: ROOT,
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
  const paths = Object.entries(files).map(
    ([name, line]) => [`${ROOT}packages/verify/src/${name}.ts`, `${line}\n`] as const,
  );
  try {
    for (const [path, line] of paths) writeFileSync(path, line);
    return checkLayers();
  } finally {
    for (const [path] of paths) rmSync(path, { force: true });
  }
}

describe('the layer check', () => {
  it('passes on the tree as it is', () => {
    expect(checkLayers()).toMatchObject({ status: 0 });
  });

  it('refuses every kind of import that leads out of a layer', () => {
    const { status, text } = checkWithPlanted(PLANTED);
    for (const name of Object.keys(PLANTED)) expect(text).toContain(`packages/verify/src/${name}.ts → `);
    expect(status).toBe(1);
  });

  it('fails when it sees too few modules', () => {
    const { status, text } = checkLayers({ LAYERS_FOLDER: 'packages/core' });
    expect(text).toMatch(/does not see the sources/);
    expect(status).toBe(1);
  });
});
