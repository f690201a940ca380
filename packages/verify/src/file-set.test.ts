import type { ReleaseRef } from '@weighbridge/core/names';
import { describe, expect, it } from 'vitest';
import { decideFileSet, folderMatch, passesOverGitAttributes, type ScannedEntry } from './file-set.js';
import { summarizeFindings } from './finding.js';
import { makeWorld } from './testing/world.js';

const world = makeWorld({ files: { 'a.bin': 'aaaa', 'sub/b.bin': 'bbb', 'model.bin': 'x'.repeat(5000) } });
const { manifest, entries } = world;
const STRICT = { allowGitAttributes: false };
const entry = (path: string, change: Partial<ScannedEntry> = {}): ScannedEntry => ({
  path,
  isUtf8: true,
  kind: 'file',
  sizeBytes: 1,
  ...change,
});
const without = (path: string) => entries.filter((other) => other.path !== path);
const judge = (found: readonly ScannedEntry[], options = STRICT) =>
  decideFileSet(manifest, found, options).map(({ file, problem }) => `${problem} ${file}`);

describe('decideFileSet', () => {
  it('has nothing to say about the release itself, in whatever order', () => {
    expect(judge(entries)).toEqual([]);
    expect(judge(entries.toReversed())).toEqual([]);
  });

  it.each<[string, readonly ScannedEntry[], readonly string[]]>([
    ['an extra file', [...entries, entry('extra.bin')], ['extra extra.bin']],
    ['an extra empty file', [...entries, entry('extra.bin', { sizeBytes: 0 })], ['extra extra.bin']],
    ['a hidden file', [...entries, entry('.hidden')], ['extra .hidden']],
    ['the metadata folder as a file', [...entries, entry('.weighbridge')], ['extra .weighbridge']],
    ['the metadata folder in another spelling', [...entries, entry('.Weighbridge/x')], ['extra .Weighbridge/x']],
    [
      'the metadata folder as a symlink',
      [...entries, entry('.weighbridge', { kind: 'symlink' })],
      ['kind .weighbridge'],
    ],
    ['a missing file', without('sub/b.bin'), ['missing sub/b.bin']],
    ['an empty folder', [], ['missing a.bin', 'missing model.bin', 'missing sub/b.bin']],
    ['a file a byte shorter', [...without('a.bin'), entry('a.bin', { sizeBytes: 3 })], ['size a.bin']],
    ['a file a byte longer', [...without('a.bin'), entry('a.bin', { sizeBytes: 5 })], ['size a.bin']],
    ['an emptied file', [...without('a.bin'), entry('a.bin', { sizeBytes: 0 })], ['size a.bin']],
    [
      'a symlink in place of a file',
      [...without('a.bin'), entry('a.bin', { kind: 'symlink', sizeBytes: 0 })],
      ['kind a.bin'],
    ],
    ['a FIFO', [...entries, entry('pipe', { kind: 'FIFO' })], ['kind pipe']],
    [
      'a file in another case',
      [...without('a.bin'), entry('A.bin', { sizeBytes: 4 })],
      ['extra A.bin', 'missing a.bin'],
    ],
    [
      'a file in another folder',
      [...without('sub/b.bin'), entry('b.bin', { sizeBytes: 3 })],
      ['extra b.bin', 'missing sub/b.bin'],
    ],
    [
      'a name that is not UTF-8 and looks like a listed one',
      [...without('a.bin'), entry('a.bin', { isUtf8: false, sizeBytes: 4 })],
      ['extra a.bin', 'missing a.bin'],
    ],
    ['a name that moves the cursor', [...entries, entry('\u001b[2K\nx')], ['extra \\u{1b}[2K\\u{a}x']],
    ['.gitattributes', [...entries, entry('.gitattributes')], ['extra .gitattributes']],
  ])('finds %s', (_, found, expected) => expect(judge(found)).toEqual(expected));

  it('orders: kinds, extra, missing, sizes', () => {
    const found = [
      entry('model.bin', { sizeBytes: 1 }),
      entry('z', { kind: 'socket' }),
      entry('y'),
      entry('x'),
      entry('a.bin', { sizeBytes: 4 }),
    ];
    expect(judge(found)).toEqual(['kind z', 'extra x', 'extra y', 'missing sub/b.bin', 'size model.bin']);
  });

  it('passes over a stray .gitattributes of a checkout, at the top, as a file', () => {
    const allowed = { allowGitAttributes: true };
    expect(judge([...entries, entry('.gitattributes')], allowed)).toEqual([]);
    expect(judge([...entries, entry('.gitattributes', { kind: 'symlink' })], allowed)).toEqual(['kind .gitattributes']);
    expect(judge([...entries, entry('sub/.gitattributes')], allowed)).toEqual(['extra sub/.gitattributes']);
    expect(judge([...entries, entry('.GITATTRIBUTES')], allowed)).toEqual(['extra .GITATTRIBUTES']);
    expect(judge([...entries, entry('.git')], allowed)).toEqual(['extra .git']);
  });

  it('checks a .gitattributes that the release lists', () => {
    const listed = makeWorld({ files: { '.gitattributes': '* filter=lfs' } });
    const found = decideFileSet(listed.manifest, [entry('.gitattributes', { sizeBytes: 3 })], {
      allowGitAttributes: true,
    });
    expect(found.map(({ problem }) => problem)).toEqual(['size']);
    expect(passesOverGitAttributes(listed.manifest, [entry('.gitattributes')])).toBe(false);
    expect(passesOverGitAttributes(manifest, [entry('.gitattributes')])).toBe(true);
    expect(passesOverGitAttributes(manifest, [...entries, entry('.gitattributes')])).toBe(true);
    expect(passesOverGitAttributes(manifest, entries)).toBe(false);
  });

  it('tells a Git checkout what to do', () => {
    const [finding] = decideFileSet(manifest, [...entries, entry('.git/HEAD')], STRICT);
    expect(finding!.hint).toContain('--git-checkout');
  });

  it('suspects a Git LFS pointer', () => {
    const [finding] = decideFileSet(
      manifest,
      [...without('model.bin'), entry('model.bin', { sizeBytes: 130 })],
      STRICT,
    );
    expect(finding!.hint).toContain('git lfs pull');
    expect(finding).toMatchObject({ expected: '5000', found: '130' });
  });
});

describe('folderMatch', () => {
  it.each<[string, readonly ScannedEntry[], string]>([
    ['nothing', [], 'empty'],
    ['the release', entries, 'some-listed'],
    ['one file of it among others', [entry('a.bin'), entry('zz')], 'some-listed'],
    ['a truncated only file', [entry('a.bin', { sizeBytes: 0 })], 'some-listed'],
    ['a symlink at a listed path', [entry('a.bin', { kind: 'symlink' }), entry('zz')], 'some-listed'],
    ['other files', [entry('weights.bin')], 'none-listed'],
    ['a listed name that is not UTF-8', [entry('a.bin', { isUtf8: false })], 'none-listed'],
    ['a symlink alone', [entry('weights.bin', { kind: 'symlink' })], 'empty'],
  ])('%s: %s', (_, found, match) => expect(folderMatch(manifest, found)).toBe(match));
});

describe('summarizeFindings', () => {
  const ref: ReleaseRef = world.ref;
  it('is TAMPERED, with the first finding and the number of the others', () => {
    const refusal = summarizeFindings(ref, decideFileSet(manifest, [], STRICT));
    expect(refusal).toMatchObject({
      code: 'TAMPERED',
      message: 'a.bin is missing, and 2 more',
      details: { release: ref.name, file: 'a.bin' },
    });
    expect(refusal.details.findings).toHaveLength(3);
  });

  it('lists a hundred at most', () => {
    const found = Array.from({ length: 500 }, (_, index) => entry(`extra ${index}`));
    expect(summarizeFindings(ref, decideFileSet(manifest, found, STRICT)).details.findings).toHaveLength(100);
  });

  it('needs one', () => expect(() => summarizeFindings(ref, [])).toThrow(RangeError));
});
