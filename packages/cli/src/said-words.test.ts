import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const PACKAGES = new URL('../../', import.meta.url);
const COMMENT = /^\s*(?:\/\/|\/?\*)/;

/** Lines of our packages that say a word to people, comments and tests aside. */
function linesThatSay(word: RegExp): string[] {
  const files = readdirSync(PACKAGES, { recursive: true, encoding: 'utf8' });
  const sources = files.filter(
    (path) => /(^|\/)src\/.*\.ts$/.test(path) && !/node_modules|\/testing\/|\.test\.ts$/.test(path),
  );
  return sources.flatMap((path) => {
    const lines = readFileSync(new URL(path, PACKAGES), 'utf8').split('\n');
    return lines.filter((line) => word.test(line) && !COMMENT.test(line)).map((line) => `${path}: ${line.trim()}`);
  });
}

test('nothing but an accepted release is ever said to be verified', () => {
  const said = linesThatSay(/['"`].*\bverified\b/i);
  expect(said).toEqual([expect.stringMatching(/^cli\/src\/commands\/verify\.ts: const message = `verified /)]);
});
