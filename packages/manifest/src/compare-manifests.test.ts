import type { Digest, ModelName, RelativePath, Version } from '@weighbridge/core/brands';
import { describe, expect, it } from 'vitest';
import { compareFiles, firstDifferingMember } from './compare-manifests.js';
import type { Manifest, ManifestFile } from './manifest.js';

const digest = (letter: string) => letter.repeat(128) as Digest;

function fileOf(path: string, change: Partial<ManifestFile> = {}): ManifestFile {
  const base = {
    path: path as RelativePath,
    size: 1,
    'sha3-512': digest('a'),
    tree: digest('b'),
    sha256: 'c',
    cid: 'd',
  };
  return { ...base, ...change } as ManifestFile;
}

function manifestOf(files: readonly ManifestFile[], change: Partial<Manifest> = {}): Manifest {
  return {
    format: 'manifest-v1',
    model: 'a/b' as ModelName,
    version: '1' as Version,
    versionCode: 1,
    files,
    license: { declared: 'MIT', concluded: 'NOASSERTION', evidence: [] },
    baseModels: [],
    source: { kind: '', uri: '', revision: '' },
    ...change,
  };
}

describe('compareFiles', () => {
  const difference = (before: ManifestFile[], after: ManifestFile[]) =>
    compareFiles(manifestOf(before), manifestOf(after));

  it('is empty for the same bytes, whatever else is claimed', () => {
    expect(difference([fileOf('a')], [fileOf('a', { facts: { format: 'gguf', tensors: 1 } })])).toEqual([]);
    expect(compareFiles(manifestOf([fileOf('a')]), manifestOf([fileOf('a')], { versionCode: 9 }))).toEqual([]);
  });

  it('names what came, went and changed, by UTF-8 order of the paths', () => {
    const before = [fileOf('b'), fileOf('c'), fileOf('\u{10000}')];
    const after = [fileOf('a'), fileOf('c', { size: 2 }), fileOf('\uffee')];
    expect(difference(before, after)).toEqual([
      { path: 'a', kind: 'added' },
      { path: 'b', kind: 'removed' },
      { path: 'c', kind: 'changed' },
      { path: '\uffee', kind: 'added' },
      { path: '\u{10000}', kind: 'removed' },
    ]);
  });

  it.each([{ size: 2 }, { 'sha3-512': digest('x') }, { tree: digest('x') }])('sees %j', (change) => {
    expect(difference([fileOf('a')], [fileOf('a', change)])).toEqual([{ path: 'a', kind: 'changed' }]);
  });
});

describe('firstDifferingMember', () => {
  const base = manifestOf(Array.from({ length: 12 }, (_, index) => fileOf(`${index + 10}`)));

  it.each([
    [{}, undefined],
    [{ versionCode: 2 }, 'versionCode'],
    [{ license: { ...base.license, declared: 'X' } }, 'license.declared'],
    [{ license: { ...base.license, concluded: 'X', declared: 'X' } }, 'license.concluded'],
    [{ baseModels: [{ name: 'x', releaseDigest: null, license: '' }] }, 'baseModels[0]'],
    [{ source: { kind: '', uri: 'x', revision: 'y' } }, 'source.revision'],
    [{ files: base.files.with(3, fileOf('13', { facts: { format: 'x', tensors: 1 } })) }, 'files[3].facts'],
    [{ files: base.files.with(10, fileOf('20', { cid: 'x' })).with(2, fileOf('12', { cid: 'x' })) }, 'files[2].cid'],
    [{ files: base.files.slice(0, 11) }, 'files[11]'],
  ] as [Partial<Manifest>, string | undefined][])('%j', (change, member) => {
    const other = { ...base, ...change };
    expect(firstDifferingMember(base, other)).toBe(member);
    expect(firstDifferingMember(other, base)).toBe(member);
  });

  it('sees null against a digest', () => {
    const withBase = (releaseDigest: Digest | null) =>
      manifestOf([], { baseModels: [{ name: 'x', releaseDigest, license: '' }] });
    expect(firstDifferingMember(withBase(null), withBase(digest('a')))).toBe('baseModels[0].releaseDigest');
  });
});
