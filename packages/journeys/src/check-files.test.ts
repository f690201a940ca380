import { FakeReleaseFolder } from '@weighbridge/ports/testing/fake-release-folder';
import { CHUNK_BYTES } from '@weighbridge/core/tree';
import { digestsOf, makeRelease } from '@weighbridge/verify/testing/release';
import { sizeFinding } from '@weighbridge/verify/finding';
import { beforeEach, describe, expect, it } from 'vitest';
import { checkFiles, namePointers } from './check-files.js';
import { FakeEngine } from './testing/fake-engine.js';
import { SILENT } from './testing/house.js';

const POINTER = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 12345\n`;
const BIG = new Uint8Array(2 * CHUNK_BYTES + 1);
const { manifest } = makeRelease({ files: { big: BIG, small: 'small' } });

let folder: FakeReleaseFolder;
let leaves: Uint8Array | undefined;

beforeEach(() => {
  folder = new FakeReleaseFolder({ big: BIG, small: 'small' });
  leaves = digestsOf(BIG).leaves;
});

function check(allDigests = false, registered = manifest) {
  const engine = new FakeEngine();
  const doors = { folder, engine, leaves: async () => leaves, progress: SILENT, signal: new AbortController().signal };
  return checkFiles(doors, registered, allDigests);
}

function damageBig(at: number): void {
  const bytes = BIG.slice();
  bytes[at] = 1;
  folder.put('big', bytes);
}

describe('checkFiles', () => {
  it('finds nothing in what was registered', async () => {
    expect([await check(false), await check(true)]).toEqual([[], []]);
  });

  it.each([
    [0, 0],
    [CHUNK_BYTES, 1],
    [2 * CHUNK_BYTES, 2],
  ])('byte %i that differs is in chunk %i', async (at, chunk) => {
    damageBig(at);
    expect(await check()).toEqual([expect.objectContaining({ file: 'big', problem: 'digest', chunk })]);
  });

  it.each([
    ['no leaves', undefined],
    ['leaves of another file', digestsOf(Buffer.from('x')).leaves],
    ['leaves that somebody changed', new Uint8Array(3 * 64)],
  ])('with %s the file is named, without a chunk', async (_, atHand) => {
    damageBig(0);
    leaves = atHand;
    const [finding] = await check();
    expect(finding).toMatchObject({ file: 'big', problem: 'digest', expected: manifest.files[0]!.tree });
    expect(finding).not.toHaveProperty('chunk');
  });

  it('a file that changed its size since the scan is found by its size', async () => {
    folder.put('small', 'smaller');
    expect(await check()).toEqual([expect.objectContaining({ file: 'small', problem: 'size' })]);
  });

  it('names findings in the order of the manifest', async () => {
    damageBig(0);
    folder.put('small', 'SMALL');
    expect((await check()).map(({ file }) => file)).toEqual(['big', 'small']);
  });

  it('a manifest whose digests disagree is found with all digests alone', async () => {
    const [big, small] = manifest.files;
    const registered = { ...manifest, files: [big!, { ...small!, sha256: big!.sha256 }] };
    expect(await check(false, registered)).toEqual([]);
    expect(await check(true, registered)).toEqual([expect.objectContaining({ file: 'small', expected: big!.sha256 })]);
  });
});

describe('namePointers', () => {
  it('tells a pointer in place of weights from a file of the wrong size', async () => {
    folder.put('big', POINTER);
    folder.put('small', 'other');
    const [big, small] = manifest.files;
    const named = await namePointers(folder, [sizeFinding(big!, POINTER.length), sizeFinding(small!, 6)]);
    expect(named.map(({ file, problem }) => [file, problem])).toEqual([
      ['big', 'pointer'],
      ['small', 'size'],
    ]);
  });
});
