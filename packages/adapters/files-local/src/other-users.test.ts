import { chmodSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRoot } from '@weighbridge/durable-files/testing/put-other';
import { bundleScript, type Ended, run } from '@weighbridge/durable-files/testing/script';
import { temporaryFolder } from '@weighbridge/durable-files/testing/temporary-folder';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { acquireLock } from './home-lock.js';

const SCRIPT = `
  import { join } from 'node:path';
  import { acquireLockIfWritable } from './home-lock.js';
  import { openDocument } from './local-document.js';
  import { openReleaseFolder } from './local-release-folder.js';
  import { readNamedFile } from './named-file.js';

  const folder = process.argv[2];
  const file = join(folder, 'file');
  const tasks = {
    lock: async () => (await acquireLockIfWritable(join(folder, 'lock'), { timeoutMs: 0 })) !== undefined,
    read: async () => Buffer.from((await openDocument(file).read(100)) ?? []).toString(),
    named: async () => (await readNamedFile(file, 100, 'the file')).length,
    open: async () => (await openReleaseFolder(folder)).open('file').then((opened) => opened.sizeBytes),
    write: () => openDocument(file).write(Buffer.from('new')),
  };
  for (const [name, task] of Object.entries(tasks)) {
    console.log(name, await task().catch((error) => error.code));
  }
`;
const AS_NOBODY = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'];

/** Whole processes where the file system, another user or a hidden /proc stands in the way. */
describe('a place of others', () => {
  const { path: tools, dispose: removeTools } = temporaryFolder();
  const script = join(tools, 'script.mjs');
  let folder: string;
  let file: string;
  let dispose: () => void;
  beforeAll(() => bundleScript(import.meta.dirname, SCRIPT, script));
  afterAll(removeTools);
  beforeEach(() => {
    ({ path: folder, dispose } = temporaryFolder());
    file = join(folder, 'file');
    writeFileSync(file, 'old', { mode: 0o644 });
  });
  afterEach(() => dispose());

  const nobody = isRoot ? AS_NOBODY : ['env'];
  const runIn = (mount: string, user: readonly string[]): Promise<Ended> =>
    run(
      'unshare',
      isRoot ? '-m' : '-rm',
      'sh',
      '-c',
      `${mount} && exec "$@"`,
      folder,
      ...user,
      process.execPath,
      script,
      folder,
    );

  test('on a read-only file system everything reads and nothing is written', async () => {
    const { stdout, stderr } = await runIn('mount --bind "$0" "$0" && mount -o remount,bind,ro "$0"', ['env']);
    expect(`${stdout}${stderr}`.split('\n')).toEqual([
      'lock false',
      'read old',
      'named 3',
      'open 3',
      'write false',
      '',
    ]);
    expect(readdirSync(folder)).toEqual(['file']);
    expect(readFileSync(file, 'utf8')).toBe('old');
  });

  test('in a folder of another user likewise', async () => {
    chmodSync(folder, 0o555);
    const { stdout, stderr } = await runIn('true', nobody);
    expect(`${stdout}${stderr}`.split('\n')).toEqual([
      'lock false',
      'read old',
      'named 3',
      'open 3',
      'write false',
      '',
    ]);
    chmodSync(folder, 0o755);
  });

  test('a file of another user that may not be read is IO for all that read', async () => {
    chmodSync(file, 0o000);
    chmodSync(folder, 0o777);
    const { stdout, stderr } = await runIn('true', nobody);
    expect(`${stdout}${stderr}`.split('\n')).toEqual(['lock true', 'read IO', 'named IO', 'open IO', 'write true', '']);
  });

  // Only root can make a /proc in which this very process is hidden from another user.
  test.each(isRoot ? ['invisible', 'noaccess'] : [])(
    'the holder of a lock is not taken for dead where /proc is %s',
    async (hidden) => {
      chmodSync(folder, 0o777);
      const held = await acquireLock(join(folder, 'lock'), { timeoutMs: 0 });
      const { stdout, stderr } = await runIn(`mount -t proc -o hidepid=${hidden} proc /proc`, nobody);
      expect(`${stdout}${stderr}`.split('\n')[0]).toBe('lock BUSY');
      await held.release();
    },
  );
});
