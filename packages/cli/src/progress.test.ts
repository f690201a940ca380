import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { GlobalFlags } from './global-flags.js';
import { createProgress } from './progress.js';
import { captureOutput } from './testing/captured-output.js';

const output = captureOutput();
const isTTY = process.stderr.isTTY;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});

afterEach(() => {
  vi.useRealTimers();
  process.stderr.isTTY = isTTY;
});

/** Goes through 4 MB, 1 MB every two and a half seconds, and says what was written. */
function run(progress: string, flags: Partial<GlobalFlags> = {}): string {
  const listener = createProgress({ json: false, quiet: false, lockTimeout: '30s', progress, ...flags });
  listener.start('digesting', 4_000_000);
  for (let step = 0; step < 4; step += 1) {
    vi.advanceTimersByTime(2_500);
    listener.advance(1_000_000);
  }
  listener.stop();
  expect(output.stdout).toBe('');
  return output.stderr;
}

describe('createProgress', () => {
  it('none says nothing', () => expect(run('none')).toBe(''));

  it('plain is a line now and then', () => {
    expect(run('plain').split('\n')).toEqual([
      'digesting 25 % of 4.0 MB, 0 MB/s',
      'digesting 50 % of 4.0 MB, 0 MB/s',
      'digesting 75 % of 4.0 MB, 0 MB/s',
      'digesting 100 % of 4.0 MB, 0 MB/s',
      '',
    ]);
  });

  it('json is an object a line', () => {
    const [first] = run('json').split('\n');
    expect(JSON.parse(first!)).toEqual({ step: 'digesting', bytes: 1_000_000, totalBytes: 4_000_000 });
  });

  it('bar is drawn over itself and wiped at the end', () => {
    const text = run('bar');
    expect(text).not.toContain('\n');
    expect(text).toMatch(/^\r\[######\.{18}\] digesting 25 %/);
    expect(text).toMatch(/\r\x1b\[K$/);
  });

  it('auto is a bar on a terminal and nothing elsewhere', () => {
    process.stderr.isTTY = false;
    expect(run('auto')).toBe('');
    process.stderr.isTTY = true;
    expect(run('auto')).toContain('\r[');
  });

  it('--quiet goes before every mode', () => expect(run('plain', { quiet: true })).toBe(''));

  it('what is soon over is not shown, and nothing is wiped', () => {
    const listener = createProgress({ json: false, quiet: false, lockTimeout: '30s', progress: 'bar' });
    listener.start('digesting', 10);
    listener.advance(10);
    listener.stop();
    expect(output.stderr).toBe('');
  });

  it('nothing to go through is all of it', () => {
    const listener = createProgress({ json: false, quiet: false, lockTimeout: '30s', progress: 'plain' });
    listener.start('digesting', 0);
    vi.advanceTimersByTime(2_500);
    listener.advance(0);
    expect(output.stderr).toContain('100 %');
  });

  it.each(['', 'Bar', 'fancy', 'toString'])('%j is USAGE', (progress) => {
    expect(() => run(progress)).toThrow(
      expect.objectContaining({ code: 'USAGE', hint: expect.stringContaining('plain') }),
    );
  });
});
