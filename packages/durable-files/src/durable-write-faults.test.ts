import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Ended, bundleScript, run } from './testing/script.js';
import { temporaryFolder } from './testing/temporary-folder.js';

const SCRIPT = `
  import { writeDurably } from './durable-write.js';
  try {
    await writeDurably(process.argv[2], Buffer.from('new'), { mode: 0o640 });
    console.log('OK');
  } catch (error) {
    console.log(error.code);
  }
`;

/** What the system is asked for, in order, and what happens when it fails. strace must be there. */
describe('writeDurably, as the system sees it', () => {
  const { path: tools, dispose: removeTools } = temporaryFolder();
  const script = join(tools, 'script.mjs');
  let folder: string;
  let file: string;
  let dispose = (): void => {};
  beforeAll(() => bundleScript(import.meta.dirname, SCRIPT, script));
  afterAll(() => {
    dispose();
    removeTools();
  });
  beforeEach(() => {
    dispose();
    ({ path: folder, dispose } = temporaryFolder());
    file = join(folder, 'file');
    writeFileSync(file, 'old');
  });

  const straced = (...options: string[]): Promise<Ended> =>
    run('strace', '-f', '-y', '-qq', ...options, process.execPath, script, file);

  test('write, mode, fsync, read back, rename, fsync of the folder', async () => {
    const log = join(tools, 'log');
    expect(
      await straced('-o', log, '-e', 'trace=openat,pwrite64,fchmod,fsync,fdatasync,pread64,rename,renameat,renameat2'),
    ).toMatchObject({
      code: 0,
      stdout: 'OK\n',
    });
    const calls = readFileSync(log, 'utf8')
      .split('\n')
      .filter((line) => line.includes(folder));
    const [creation] = calls.filter((line) => line.includes('openat(') && line.includes('.tmp'));
    expect(creation).toMatch(/O_RDWR\|O_CREAT\|O_EXCL\|.*, 0600\)/);
    const steps = calls.slice(calls.indexOf(creation!) + 1).map((line) => {
      const call = /(\w+)\(/.exec(line)![1]!;
      return `${call} ${line.includes('.tmp') ? 'temporary' : 'folder'}`;
    });
    expect(steps.filter((step, index) => step !== steps[index - 1])).toEqual([
      'pwrite64 temporary',
      'fchmod temporary',
      'fsync temporary',
      'pread64 temporary',
      'rename temporary',
      'fsync folder',
    ]);
  });

  test.each([
    ['pwrite64', 'error=ENOSPC'],
    ['pwrite64', 'error=EDQUOT'],
    ['pwrite64', 'error=EIO'],
    ['pwrite64', 'retval=3'],
    ['fchmod', 'error=EIO'],
    ['fsync', 'error=EIO:when=1'],
    ['fsync', 'error=ENOSPC:when=1'],
    ['rename', 'error=EIO'],
    ['rename', 'error=ENOSPC'],
  ])('%s with %s is IO; the old file stays, and nothing else', async (call, fault) => {
    expect(await straced('-o', '/dev/null', '-e', `inject=${call}:${fault}`)).toMatchObject({ stdout: 'IO\n' });
    expect(readFileSync(file, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['file']);
  });

  test('an interrupted write is repeated', async () => {
    expect(await straced('-o', '/dev/null', '-e', 'inject=pwrite64:error=EINTR:when=1')).toMatchObject({
      stdout: 'OK\n',
    });
    expect(readFileSync(file, 'utf8')).toBe('new');
  });

  test('a folder that cannot be fsynced is IO: the new file is there, but nobody promised it', async () => {
    expect(await straced('-o', '/dev/null', '-e', 'inject=fsync:error=EIO:when=2')).toMatchObject({ stdout: 'IO\n' });
    expect(readFileSync(file, 'utf8')).toBe('new');
    expect(readdirSync(folder)).toEqual(['file']);
  });
});
