import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleScript, run } from '@weighbridge/durable-files/testing/script';
import { temporaryFolder } from '@weighbridge/durable-files/testing/temporary-folder';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { acquireLock } from './home-lock.js';
import { ownProcess } from './process-identity.js';

const SCRIPT = `
  import { acquireLock } from './home-lock.js';
  await (await acquireLock(process.argv[2], { timeoutMs: 0 })).release();
`;
const CALLS = ['link', 'rename', 'unlink'];
const TOKEN = 'aaaaaaaaaaaaaaaa';
const GUARD_TOKEN = 'bbbbbbbbbbbbbbbb';

/** Kills a process at each call with which it changes the folder: the next one gets the lock, and leaves nothing. */
describe('a process killed while it takes or gives back the lock', () => {
  const { path: tools, dispose: removeTools } = temporaryFolder();
  const script = join(tools, 'script.mjs');
  const dead = Number(execFileSync('sh', ['-c', 'echo $$'], { encoding: 'utf8' }));
  beforeAll(() => bundleScript(import.meta.dirname, SCRIPT, script));
  afterAll(removeTools);

  const leave = (path: string, token: string): void =>
    writeFileSync(path, JSON.stringify({ ...ownProcess(), pid: dead, token }));

  test.each([
    { before: 'nobody', files: [] as [string, string][], points: 3 },
    { before: 'a dead holder', files: [['lock', TOKEN]] as [string, string][], points: 6 },
    {
      before: 'a dead holder and one who died taking over',
      files: [
        ['lock', TOKEN],
        [`lock.${TOKEN}`, GUARD_TOKEN],
      ] as [string, string][],
      points: 9,
    },
  ])('after $before', async ({ files, points }) => {
    let killed = 0;
    for (const call of CALLS) {
      for (let nth = 1; ; nth++) {
        const { path: folder, dispose } = temporaryFolder();
        for (const [name, token] of files) leave(join(folder, name), token);
        const inject = `inject=${call},${call}at:signal=SIGKILL:when=${nth}`;
        const { code } = await run(
          'strace',
          '-f',
          '-qq',
          '-o',
          '/dev/null',
          '-e',
          inject,
          process.execPath,
          script,
          join(folder, 'lock'),
        );
        if (code !== 0) killed += 1;
        await (await acquireLock(join(folder, 'lock'), { timeoutMs: 0 })).release();
        expect(readdirSync(folder), `${call} ${nth}`).toEqual([]);
        dispose();
        if (code === 0) break;
      }
    }
    expect(killed).toBe(points);
  });
});
