import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { VERSION } from './version.js';

test.each(['../package.json', '../../../package.json'])('is the version of %s', (path) => {
  expect(VERSION).toBe(JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')).version);
});
