import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, beforeAll, expect, it } from 'vitest';

let folder: string;

/** The engine as one file with its worker beside it, as the command line is shipped. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'process-exit-'));
  await build({
    entryPoints: [fileURLToPath(new URL('./node-engine.ts', import.meta.url))],
    outfile: join(folder, 'engine.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    conditions: ['@weighbridge/source'],
  });
  copyFileSync(new URL('./digest-worker.js', import.meta.url), join(folder, 'digest-worker.js'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  execFileSync('truncate', ['-s', '40M', join(folder, 'weights')]);
});

afterAll(() => rmSync(folder, { recursive: true }));

function runScript(script: string) {
  const file = join(folder, 'script.mjs');
  const prelude = `
    import { openSync } from 'node:fs';
    import { createNodeEngine } from './engine.mjs';
    const file = { fd: openSync(new URL('./weights', import.meta.url)), sizeBytes: 40 * 1048576 };
    const engine = createNodeEngine({ threads: 3 });
  `;
  writeFileSync(file, prelude + script);
  return spawnSync(process.execPath, [file], { encoding: 'utf8', timeout: 20_000 });
}

it('ends by itself when nobody closed the engine', () => {
  const script = 'for (const name of ["digestTree", "digestAll"]) console.log((await engine[name](file)).tree.length);';
  expect(runScript(script)).toMatchObject({ status: 0, stdout: '128\n128\n', stderr: '' });
});

it('stays alive for work that nothing else waits for', () => {
  const script = 'void engine.digestAll(file).then((digests) => console.log(digests.whole.length));';
  expect(runScript(script)).toMatchObject({ status: 0, stdout: '128\n', stderr: '' });
});

it('can be left in the middle of the work', () => {
  const script = 'void engine.digestAll(file); void engine.digestTree(file); setTimeout(() => process.exit(7), 60);';
  expect(runScript(script)).toMatchObject({ status: 7, stdout: '', stderr: '' });
});
