import { createHash } from 'node:crypto';
import type { Digest, ModelName, RelativePath, Sha256, Version } from '@weighbridge/core/brands';
import { canonicalBytes } from '@weighbridge/core/canonical-json';
import type { JsonObject } from '@weighbridge/core/json';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpuSeconds } from '../../../test/support/cpu-seconds.js';
import { canonicalManifest } from './build-manifest.js';
import { MANIFEST_MAX_BYTES, type Manifest, type ManifestFile } from './manifest.js';
import { parseManifest, readManifest, releaseDigest } from './parse-manifest.js';

const CID = 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku';
const refused = (code: string) => expect.objectContaining({ code, hint: expect.any(String) });

function fileOf(path: string, size = 5): ManifestFile {
  const hex = (algorithm: string) => createHash(algorithm).update(path).digest('hex');
  return {
    path: path as RelativePath,
    size,
    'sha3-512': hex('sha3-512') as Digest,
    tree: hex('sha512') as Digest,
    sha256: hex('sha256') as Sha256,
    cid: CID,
  };
}

const MANIFEST: Manifest = {
  format: 'manifest-v1',
  model: 'acme/pilot-llm' as ModelName,
  version: '1.2.0' as Version,
  versionCode: 7,
  files: [
    fileOf('LICENSE', 0),
    { ...fileOf('config.json'), facts: { format: 'json', tensors: 0 } },
    fileOf('é.bin', 2 ** 53 - 1),
  ],
  license: {
    declared: 'MIT',
    concluded: 'NOASSERTION',
    evidence: [{ path: 'LICENSE' as RelativePath, id: 'MIT', exact: true }],
  },
  baseModels: [
    { name: 'acme/base', releaseDigest: 'a'.repeat(128) as Digest, license: 'Apache-2.0' },
    { name: 'somebody else', releaseDigest: null, license: '' },
  ],
  source: { kind: 'git', uri: 'https://example.org/x', revision: 'abc' },
};

const BYTES = canonicalManifest(MANIFEST);

/** A manifest of no particular type, to be spoiled. */
type Loose = Record<string, unknown>;
type Place = readonly (string | number)[];

const plain = () => JSON.parse(Buffer.from(BYTES).toString()) as Loose;

function at(manifest: Loose, place: Place): Loose {
  return place.reduce((value, step) => value[step] as Loose, manifest);
}

/** Canonical bytes of the manifest after a change to the object at a place of it. */
function changed(place: Place, change: (object: Loose) => void): Uint8Array {
  const manifest = plain();
  change(at(manifest, place));
  return canonicalBytes(manifest as JsonObject);
}

function replaced(place: Place, name: string, value: unknown): Uint8Array {
  return changed(place, (object) => {
    object[name] = value;
  });
}

const withFiles = (...paths: string[]) =>
  replaced(
    [],
    'files',
    paths.map((path) => fileOf(path)),
  );

describe('a good manifest', () => {
  it('is what it was built from', () => {
    expect(parseManifest(BYTES)).toEqual(MANIFEST);
    expect(canonicalManifest(parseManifest(BYTES))).toEqual(BYTES);
  });

  it('stands inside another file as an object', () => {
    expect(readManifest(plain() as JsonObject)).toEqual(MANIFEST);
  });

  it('has the SHA3-512 of its bytes as release digest', () => {
    expect(releaseDigest(BYTES)).toBe(createHash('sha3-512').update(BYTES).digest('hex'));
  });

  it('round trip of any', () => {
    const name = fc.stringMatching(/^[a-z0-9]([a-z0-9_-]{0,8}[a-z0-9])?$/);
    const text = fc.string({ maxLength: 20 }).filter((candidate) => !candidate.includes('\0'));
    const paths = fc
      .uniqueArray(name, { minLength: 1, maxLength: 8 })
      .map((parts) => parts.map((part) => `dir/${part}`).sort());
    const record = fc.record({
      paths,
      namespace: name,
      model: name,
      code: fc.integer({ min: 1 }),
      text,
      size: fc.maxSafeNat(),
    });
    fc.assert(
      fc.property(record, (sample) => {
        const manifest: Manifest = {
          ...MANIFEST,
          model: `${sample.namespace}/${sample.model}` as ModelName,
          versionCode: sample.code,
          files: sample.paths.map((path) => fileOf(path, sample.size)),
          license: { declared: sample.text, concluded: sample.text, evidence: [] },
          source: { kind: sample.text, uri: '', revision: sample.text },
        };
        expect(parseManifest(canonicalManifest(manifest))).toEqual(manifest);
      }),
    );
  });
});

describe('MALFORMED', () => {
  it('any member missing, of another type, or unknown', () => {
    const places: Place[] = [
      [],
      ['files', 1],
      ['files', 1, 'facts'],
      ['license'],
      ['license', 'evidence', 0],
      ['baseModels', 0],
      ['source'],
    ];
    for (const place of places) {
      for (const name of Object.keys(at(plain(), place)).filter((member) => member !== 'facts')) {
        const without = changed(place, (object) => delete object[name]);
        expect(() => parseManifest(without), `without ${name}`).toThrow(refused('MALFORMED'));
        for (const value of [null, [null], 5, 'x\ny', { x: 1 }, true].filter(
          (candidate) => !isAllowed(name, candidate),
        )) {
          const bytes = replaced(place, name, value);
          expect(() => parseManifest(bytes), `${name} = ${JSON.stringify(value)}`).toThrow(refused('MALFORMED'));
        }
      }
      expect(() => parseManifest(replaced(place, 'comment', 'x'))).toThrow(refused('MALFORMED'));
    }
    expect(() => parseManifest(replaced(['files', 1], 'facts', null))).toThrow(refused('MALFORMED'));
  });

  /** Free text is free, a base model need not be one of ours, a number may be any, a flag may be set. */
  function isAllowed(name: string, value: unknown): boolean {
    if (typeof value === 'string')
      return ['format', 'declared', 'concluded', 'id', 'name', 'license', 'kind', 'uri', 'revision'].includes(name);
    if (typeof value === 'number') return ['versionCode', 'size', 'tensors'].includes(name);
    return (value === null && name === 'releaseDigest') || (value === true && name === 'exact');
  }

  it.each([
    ['format', 'manifest-v2'],
    ['format', 'bundle-v1'],
    ['format', 'Manifest-v1'],
    ['model', 'acme'],
    ['model', 'acme/Pilot'],
    ['model', 'acme/pilot@1'],
    ['version', '1..2'],
    ['version', '1.lock'],
    ['version', ''],
    ['versionCode', 0],
    ['versionCode', '7'],
    ['files', []],
    ['files', {}],
  ])('%s: %j', (name, value) => {
    expect(() => parseManifest(replaced([], name, value))).toThrow(refused('MALFORMED'));
  });

  it.each([
    ['sha3-512', 'A'.repeat(128)],
    ['sha3-512', 'a'.repeat(127)],
    ['sha3-512', `sha3-512:${'a'.repeat(128)}`],
    ['tree', 'a'.repeat(64)],
    ['tree', `0x${'a'.repeat(126)}`],
    ['sha256', 'a'.repeat(128)],
    ['sha256', 'A'.repeat(64)],
    ['cid', ''],
    ['cid', 'QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG'],
    ['cid', CID.toUpperCase()],
    ['cid', 'bafkqaaa'],
    ['size', '5'],
    ['size', true],
  ])('a file with %s: %j', (name, value) => {
    expect(() => parseManifest(replaced(['files', 0], name, value))).toThrow(refused('MALFORMED'));
  });

  it.each([
    '',
    '/etc/passwd',
    '../x',
    'a//b',
    './a',
    'a/..',
    'a\\b',
    'c:x',
    'a.',
    'a ',
    '.git/config',
    '.weighbridge/manifest.json',
    'e\u0301',
    'a\u202eb',
    'a\u001b[2J',
    '\u{2ebf0}',
    'x'.repeat(256),
  ])('a file called %j', (path) => {
    expect(() => parseManifest(withFiles(path))).toThrow(refused('MALFORMED'));
  });

  it('an unsafe path in the evidence', () => {
    const bytes = replaced(['license', 'evidence', 0], 'path', '../LICENSE');
    expect(() => parseManifest(bytes)).toThrow(refused('MALFORMED'));
  });

  it.each([
    ['unsorted', ['b', 'a']],
    ['sorted by UTF-16 code units', ['\u{10000}', '\uffee']],
    ['sorted without case', ['a', 'B']],
    ['twice', ['a', 'a']],
    ['twins', ['A', 'a']],
    ['twin folders', ['Sub/a', 'sub/b']],
    ['a file that is a folder', ['a', 'a/b']],
  ])('files %s', (_, paths) => expect(() => parseManifest(withFiles(...paths))).toThrow(refused('MALFORMED')));

  it('files sorted by UTF-8 bytes are fine', () => {
    expect(() => parseManifest(withFiles('C', 'a', 'a b', 'a-b', 'b/c', '\uffee', '\u{10000}'))).not.toThrow();
  });

  it.each([
    ['a final newline', (text: string) => `${text}\n`],
    ['a byte order mark', (text: string) => `\ufeff${text}`],
    ['a space', (text: string) => text.replace(':', ': ')],
    [
      'members in another order',
      (text: string) => text.replace(/^\{"baseModels":(.*?),"files"/, '{"files":[],"baseModels":$1,"files"'),
    ],
    ['a member twice', (text: string) => text.replace('"version":', '"version":"1.2.0","version":')],
    ['an escape that is not needed', (text: string) => text.replace('acme', '\\u0061cme')],
    ['a number with a fraction', (text: string) => text.replace('"versionCode":7', '"versionCode":7.0')],
    ['something after it', (text: string) => `${text}{}`],
    ['nothing', () => ''],
    ['half of it', (text: string) => text.slice(0, text.length / 2)],
    ['a list around it', (text: string) => `[${text}]`],
  ])('%s', (_, edit) => {
    const text = Buffer.from(BYTES).toString();
    expect(edit(text)).not.toBe(text);
    expect(() => parseManifest(Buffer.from(edit(text)))).toThrow(refused('MALFORMED'));
  });

  it('bytes that are no UTF-8', () => {
    const bytes = Buffer.from(BYTES);
    bytes[bytes.indexOf('é')] = 0xff;
    expect(() => parseManifest(bytes)).toThrow(refused('MALFORMED'));
  });

  it('is the worst that any changed byte can be', () => {
    fc.assert(
      fc.property(fc.nat(BYTES.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const bytes = Uint8Array.from(BYTES);
        bytes[at]! ^= flip;
        try {
          // What still parses is another manifest in canonical form.
          expect(canonicalManifest(parseManifest(bytes))).toEqual(bytes);
        } catch (error) {
          expect(error).toEqual(refused('MALFORMED'));
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('names a hostile path escaped', () => {
    expect(() => parseManifest(withFiles('a\u001b[2J'))).toThrow('a\\u{1b}[2J');
  });
});

describe('LIMIT', () => {
  it('one byte over 16 MiB, before anything is parsed', () => {
    expect(() => parseManifest(new Uint8Array(MANIFEST_MAX_BYTES + 1))).toThrow(refused('LIMIT'));
    expect(() => parseManifest(new Uint8Array(MANIFEST_MAX_BYTES))).toThrow(refused('MALFORMED'));
  });

  it('millions of empty objects', () => {
    const bytes = Buffer.from(`{"baseModels":[${'{},'.repeat(1_000_000)}{}]}`);
    expect(() => parseManifest(bytes)).toThrow(refused('LIMIT'));
  });

  it('deep nesting', () => {
    const deep = Buffer.from(`${'{"a":'.repeat(100)}1${'}'.repeat(100)}`);
    expect(() => parseManifest(deep)).toThrow(refused('LIMIT'));
  });

  it('the largest manifest is read in seconds', { timeout: 60_000 }, () => {
    const files = Array.from({ length: 36_900 }, (_, index) => fileOf(`w/${String(index).padStart(6, '0')}`));
    const bytes = canonicalManifest({ ...MANIFEST, files, license: { ...MANIFEST.license, evidence: [] } });
    expect(bytes.length).toBeGreaterThan(0.95 * MANIFEST_MAX_BYTES);
    const seconds = cpuSeconds(() => expect(parseManifest(bytes).files.length).toBe(36_900));
    console.log(`${(bytes.length / 2 ** 20).toFixed(1)} MiB of manifest parsed in ${seconds.toFixed(2)} s of CPU`);
    expect(seconds).toBeLessThan(10);
    const tooMany = [
      ...files,
      ...Array.from({ length: 1500 }, (_, index) => fileOf(`x/${String(index).padStart(6, '0')}`)),
    ];
    expect(() => canonicalManifest({ ...MANIFEST, files: tooMany })).toThrow(refused('LIMIT'));
  });
});
