import { readFileSync } from 'node:fs';
import type { Digest } from '@weighbridge/core/brands';
import { canonicalJson } from '@weighbridge/core/canonical-json';
import { describe, expect, it } from 'vitest';
import { contentDigest } from './content-digest.js';

interface KnownAnswer {
  readonly files: readonly { path: string; size: number; tree: Digest }[];
  readonly canonical?: string;
  readonly digest: string;
}

const VECTOR = new URL('../../../test/vectors/manifest-v1/content-digest_ok/vector.json', import.meta.url);
const answers = JSON.parse(readFileSync(VECTOR, 'utf8')) as KnownAnswer[];

describe.each(answers.map((answer) => [answer.files.length, answer] as const))(
  'known answer of %i files',
  (_, answer) => {
    it('holds', () => {
      expect(contentDigest(answer.files)).toBe(answer.digest);
      if (answer.canonical !== undefined) expect(canonicalJson(answer.files)).toBe(answer.canonical);
    });

    it('in whatever order the files come, whatever else is known of them', () => {
      const files = answer.files.map((file) => ({ ...file, sha256: 'x', cid: 'y' })).reverse();
      const before = structuredClone(files);
      expect(contentDigest(files)).toBe(answer.digest);
      expect(files).toEqual(before);
    });

    it('changes with any path, size and tree', () => {
      for (const index of answer.files.keys()) {
        for (const change of [{ path: 'zz' }, { size: 99 }, { tree: 'a'.repeat(128) as Digest }]) {
          const changed = answer.files.with(index, { ...answer.files[index]!, ...change });
          expect(contentDigest(changed)).not.toBe(answer.digest);
        }
      }
    });
  },
);

it('sorts by UTF-8 bytes, not by UTF-16 code units', () => {
  const tree = 'a'.repeat(128) as Digest;
  const [low, high] = [
    { path: '\uffee', size: 1, tree },
    { path: '\u{10000}', size: 2, tree },
  ];
  expect(contentDigest([high!, low!])).toBe(contentDigest([low!, high!]));
});
