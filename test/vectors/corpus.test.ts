import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT_CODES } from '@weighbridge/core/outcome';
import { describe, expect, it } from 'vitest';
import { buildFiles, isCaptured } from './corpus/build-corpus.js';
import { CORPUS, readCorpus, readFormats, text } from './runner/read-corpus.js';

const vectors = readCorpus(...readFormats());

describe('the corpus', () => {
  it('holds at least 150 vectors, 100 of them negative', () => {
    const negative = vectors.filter(({ outcome }) => outcome !== 'OK').length;
    console.log(`${vectors.length} vectors, ${negative} of them negative`);
    expect(vectors.length).toBeGreaterThanOrEqual(150);
    expect(negative).toBeGreaterThanOrEqual(100);
  });

  it.each(readFormats())('%s has good and bad ones', (format) => {
    const outcomes = readCorpus(format).map(({ outcome }) => outcome === 'OK');
    expect(new Set(outcomes)).toEqual(new Set([true, false]));
  });

  it('says in names and README files what the outcome is', () => {
    for (const { name, outcome, says } of vectors) {
      expect(EXIT_CODES).toHaveProperty(outcome);
      expect(name).toMatch(outcome === 'OK' ? /^[a-z0-9_-]+_ok$/ : /^[a-z0-9_-]+_fail$/);
      expect(says, name).toMatch(new RegExp(`^${outcome}: [^\n]+\\.$`));
    }
  });

  it('is what its generator writes', () => {
    const made = buildFiles();
    for (const [path, bytes] of made)
      expect(Buffer.from(bytes).equals(readFileSync(join(CORPUS, path))), path).toBe(true);
    const present = vectors
      .filter(({ folder }) => !isCaptured(folder))
      .flatMap(({ folder, format, name }) => readdirSync(folder).map((file) => `${format}/${name}/${file}`));
    expect(present.filter((path) => !made.has(path))).toEqual([]);
  });

  it('holds nothing large: what is large is made when it is needed', () => {
    for (const { folder } of vectors)
      for (const file of readdirSync(folder))
        expect(statSync(join(folder, file)).size, join(folder, file)).toBeLessThan(64 * 1024);
  });

  it('calls every file of its own by the name that README.md gives it', () => {
    const known = text(readFileSync(join(CORPUS, 'README.md')));
    const files = new Set(vectors.flatMap(({ folder }) => readdirSync(folder)));
    for (const file of files) expect(known, file).toContain(`\`${file}\``);
  });
});
