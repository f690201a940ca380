import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readPassphrase } from './passphrase.js';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'weighbridge-passphrase-'));
});
afterEach(() => rmSync(home, { recursive: true }));

const named = (content: string) => {
  writeFileSync(join(home, 'named'), content);
  return readPassphrase({ file: join(home, 'named'), home, embedded: true, create: true });
};
const own = (create: boolean, embedded = true) => readPassphrase({ home, embedded, create });
const USAGE = { code: 'USAGE', hint: expect.stringMatching(/./) };

describe('a named file', () => {
  test.each([
    ['secret', 'secret'],
    ['secret\n', 'secret'],
    ['secret\r\n', 'secret'],
    ['two words \nsecond line', 'two words '],
    [`${'x'.repeat(4096)}\n`, 'x'.repeat(4096)],
    [`short\n${'x'.repeat(1_000_000)}`, 'short'],
  ])('gives its first line', async (content, expected) => {
    expect(await named(content)).toBe(expected);
    expect(existsSync(join(home, 'keys'))).toBe(false);
  });

  test.each(['', '\n', '\nsecret', 'x'.repeat(4097)])('with a bad first line is USAGE', async (content) => {
    await expect(named(content)).rejects.toMatchObject(USAGE);
  });

  test('that is absent is USAGE, also in the embedded profile', async () => {
    const file = join(home, 'none');
    await expect(readPassphrase({ file, home, embedded: true, create: true })).rejects.toMatchObject(USAGE);
    await expect(readPassphrase({ file: join(file, 'x'), home, embedded: true, create: true })).rejects.toMatchObject(
      USAGE,
    );
  });

  test('that is a folder or a FIFO is USAGE, at once', async () => {
    execFileSync('mkfifo', [join(home, 'fifo')]);
    for (const file of [home, join(home, 'fifo'), '/dev/zero']) {
      await expect(readPassphrase({ file, home, embedded: true, create: true })).rejects.toMatchObject(USAGE);
    }
  });

  test('may be a symlink', async () => {
    writeFileSync(join(home, 'target'), 'secret');
    symlinkSync('target', join(home, 'link'));
    expect(await readPassphrase({ file: join(home, 'link'), home, embedded: false, create: false })).toBe('secret');
  });
});

describe("the embedded profile's own", () => {
  test('is made once, at random, for its owner alone', async () => {
    const first = await own(true);
    expect(first).toMatch(/^[\w-]{43}$/);
    expect(await own(true)).toBe(first);
    expect(await own(false)).toBe(first);
    expect(readFileSync(join(home, 'keys', 'passphrase'), 'utf8')).toBe(`${first}\n`);
    expect(statSync(join(home, 'keys', 'passphrase')).mode & 0o777).toBe(0o600);
    rmSync(join(home, 'keys'), { recursive: true });
    expect(await own(true)).not.toBe(first);
  });

  test('is one also when several make it at once', async () => {
    const all = await Promise.all(Array.from({ length: 4 }, () => own(true)));
    expect(new Set(all).size).toBe(1);
  });

  test('is not made by who may not', async () => {
    await expect(own(false)).rejects.toMatchObject(USAGE);
    expect(existsSync(join(home, 'keys'))).toBe(false);
  });

  test('is not made anew beside keys that it would not open', async () => {
    mkdirSync(join(home, 'keys'));
    writeFileSync(join(home, 'keys', 'publisher.json'), '{}');
    await expect(own(true)).rejects.toMatchObject(USAGE);
    expect(existsSync(join(home, 'keys', 'passphrase'))).toBe(false);
  });

  test('exists in no other profile', async () => {
    await own(true);
    await expect(own(true, false)).rejects.toMatchObject(USAGE);
  });
});
