import { FakeReleaseFolder } from '@weighbridge/ports/testing/fake-release-folder';
import { describe, expect, it } from 'vitest';
import { isPointerFile, scanRelease } from './scan-release.js';

const POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 12345\n`;

describe('scanRelease', () => {
  it('lists files by the bytes of their paths, without .weighbridge/', async () => {
    const folder = new FakeReleaseFolder({ 'b/a': '12', 'b-1': '1', 'a.bin': '', '.weighbridge/manifest.json': '{}' });
    expect(await scanRelease(folder)).toEqual([
      { path: 'a.bin', sizeBytes: 0 },
      { path: 'b-1', sizeBytes: 1 },
      { path: 'b/a', sizeBytes: 2 },
    ]);
  });

  it('takes a folder of empty files', async () => {
    expect(await scanRelease(new FakeReleaseFolder({ empty: '' }))).toHaveLength(1);
  });

  it.each([
    ['an empty folder', {}],
    ['a folder that holds its metadata alone', { '.weighbridge/manifest.json': '{}' }],
    ['an unsafe name', { 'a:b': '' }],
    ['a file named .weighbridge', { '.weighbridge': '', a: '' }],
    ['another spelling of .weighbridge', { '.Weighbridge/manifest.json': '', a: '' }],
    ['twins', { 'Sub/a': '', 'sub/b': '' }],
    ['a Git LFS pointer', { 'model.bin': POINTER }],
  ])('%s is MALFORMED', async (_, files) => {
    await expect(scanRelease(new FakeReleaseFolder(files))).rejects.toMatchObject({ code: 'MALFORMED' });
  });

  it('a name that is not UTF-8 is MALFORMED', async () => {
    const folder = new FakeReleaseFolder({ a: '' });
    folder.putNotUtf8('b�');
    await expect(scanRelease(folder)).rejects.toMatchObject({ code: 'MALFORMED', details: { file: 'b�' } });
  });

  it('tells a Git checkout what to do', async () => {
    const folder = new FakeReleaseFolder({ '.git/HEAD': '', a: '' });
    await expect(scanRelease(folder)).rejects.toMatchObject({
      code: 'MALFORMED',
      hint: expect.stringContaining('git'),
    });
  });

  it.each(['symlink', 'FIFO', 'socket', 'device'] as const)('a %s is UNSAFE_MODEL', async (kind) => {
    const folder = new FakeReleaseFolder({ a: '' });
    folder.putOther('b', kind);
    const refusal = { code: 'UNSAFE_MODEL', message: expect.stringContaining(kind), details: { file: 'b' } };
    await expect(scanRelease(folder)).rejects.toMatchObject(refusal);
  });

  it('a hostile name is shown escaped', async () => {
    const folder = new FakeReleaseFolder({ 'a\u001b[31m': '' });
    await expect(scanRelease(folder)).rejects.toMatchObject({ message: expect.stringContaining('\\u{1b}') });
  });
});

describe('isPointerFile', () => {
  it('tells a pointer from weights', async () => {
    const folder = new FakeReleaseFolder({ pointer: POINTER, weights: 'weights' });
    expect([await isPointerFile(folder, 'pointer'), await isPointerFile(folder, 'weights')]).toEqual([true, false]);
  });
});
