import type { Digest, ModelName, RelativePath, Sha256, Version } from '@weighbridge/core/brands';
import type { FullDigests } from '@weighbridge/core/digest-engine';
import { describe, expect, it } from 'vitest';
import { buildManifest, canonicalManifest, type DigestedFile, type ReleaseFacts } from './build-manifest.js';
import { parseManifest } from './parse-manifest.js';

const FACTS: ReleaseFacts = {
  model: 'acme/pilot' as ModelName,
  version: '1' as Version,
  versionCode: 1,
  license: 'NOASSERTION',
};

const EMPTY: FullDigests = {
  sizeBytes: 0,
  tree: 'a'.repeat(128) as Digest,
  leaves: new Uint8Array(0),
  whole: 'b'.repeat(128) as Digest,
  sha256: 'c'.repeat(64) as Sha256,
  chunkSha256: new Uint8Array(0),
};

const digested = (...paths: string[]): DigestedFile[] =>
  paths.map((path) => ({ path: path as RelativePath, digests: EMPTY }));
const malformed = expect.objectContaining({ code: 'MALFORMED', hint: expect.any(String) });

describe('buildManifest', () => {
  it('is the same for the same files in any order, to the byte', () => {
    const paths = ['b', 'a', 'é', '\u{10000}', '\uffee', 'a/b'.replace('a/', 'c/')];
    const build = (files: DigestedFile[]) => canonicalManifest(buildManifest(FACTS, files));
    expect(build(digested(...paths))).toEqual(build(digested(...paths.toReversed())));
    expect(buildManifest(FACTS, digested(...paths)).files.map((file) => file.path)).toEqual([
      'a',
      'b',
      'c/b',
      'é',
      '\uffee',
      '\u{10000}',
    ]);
  });

  it('holds the digests, the declared license and nothing of here and now', () => {
    const manifest = buildManifest({ ...FACTS, license: 'MIT' }, digested('LICENSE'));
    expect(manifest).toEqual({
      format: 'manifest-v1',
      model: 'acme/pilot',
      version: '1',
      versionCode: 1,
      files: [
        {
          path: 'LICENSE',
          size: 0,
          'sha3-512': 'b'.repeat(128),
          tree: 'a'.repeat(128),
          sha256: 'c'.repeat(64),
          cid: 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku',
        },
      ],
      license: {
        declared: 'MIT',
        concluded: 'NOASSERTION',
        evidence: [{ path: 'LICENSE', id: 'NOASSERTION', exact: false }],
      },
      baseModels: [],
      source: { kind: '', uri: '', revision: '' },
    });
  });

  it('is parsed as what was built', () => {
    const manifest = buildManifest(FACTS, digested('b', 'a', 'LICENSE'));
    expect(parseManifest(canonicalManifest(manifest))).toEqual(manifest);
  });

  it('keeps base models and source', () => {
    const baseModels = [{ name: 'x/y', releaseDigest: null, license: 'MIT' }];
    const source = { kind: 'git', uri: 'u', revision: 'r' };
    expect(buildManifest({ ...FACTS, baseModels, source }, digested('a'))).toMatchObject({ baseModels, source });
  });

  it('of no file is MALFORMED', () => expect(() => buildManifest(FACTS, [])).toThrow(malformed));

  it.each([[['a', 'A']], [['Sub/a', 'sub/b']], [['a', 'a']], [['a', 'a/b']]])('of twins is MALFORMED: %j', (paths) => {
    expect(() => buildManifest(FACTS, digested(...paths))).toThrow(malformed);
  });
});
