import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Context, openContext } from './context.js';
import type { GlobalFlags } from './global-flags.js';

const PROGRESS = { start() {}, advance() {}, stop() {} };

let folder: string;
let home: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weighbridge-context-'));
  home = join(folder, 'home');
});

afterEach(() => rmSync(folder, { recursive: true }));

function open(flags: Partial<GlobalFlags> = {}): Context {
  const all = { json: false, quiet: false, progress: 'none', lockTimeout: '0s', ...flags };
  return openContext(all, { home, passphraseFile: undefined }, PROGRESS, new AbortController().signal);
}

describe('openContext', () => {
  it('makes nothing: reading finds an empty home', async () => {
    expect(await open().keys.list()).toEqual([]);
    expect(existsSync(home)).toBe(false);
  });

  it.each(['', '30', '2d'])('a lock timeout of %j is USAGE', (lockTimeout) => {
    expect(() => open({ lockTimeout })).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });

  it('one writer at a time: a second one is BUSY after its timeout', async () => {
    const second = () => open().asWriter(async () => 1);
    await open().asWriter(async () => expect(second()).rejects.toMatchObject({ code: 'BUSY' }));
    expect(await second()).toBe(1);
  });

  it('a writer that fails leaves no lock', async () => {
    await expect(open().asWriter(async () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await open().asWriter(async () => 1)).toBe(1);
  });
});

describe('during', () => {
  it('closes what was opened, the newest first, and gives the result', async () => {
    const context = open();
    const closed: number[] = [];
    const result = await context.during(async () => {
      for (const number of [1, 2]) context.atEnd(async () => void closed.push(number));
      return 'done';
    });
    expect([result, closed]).toEqual(['done', [2, 1]]);
  });

  it('closes after a failure too', async () => {
    const context = open();
    let isClosed = false;
    context.atEnd(async () => {
      isClosed = true;
    });
    await expect(context.during(async () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(isClosed).toBe(true);
  });

  it('a door that cannot be closed keeps no other open, and is a failure', async () => {
    const context = open();
    let isClosed = false;
    context.atEnd(async () => {
      isClosed = true;
    });
    context.atEnd(async () => Promise.reject(new Error('stuck')));
    await expect(context.during(async () => 1)).rejects.toThrow('stuck');
    expect(isClosed).toBe(true);
  });

  it('closes the digest engine', async () => {
    const context = open();
    const engine = await context.during(() => context.engine());
    expect(engine.name).toMatch(/./);
  });
});
