import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { main } from './main.js';
import { captureOutput } from './testing/captured-output.js';

const output = captureOutput();
let folder: string;
let before: typeof process.exitCode;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weighbridge-main-'));
  before = process.exitCode;
  for (const name of Object.keys(process.env)) if (name.startsWith('WEIGHBRIDGE_')) vi.stubEnv(name, undefined);
});

afterEach(() => {
  process.exitCode = before;
  process.stdout.removeAllListeners('error');
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

async function run(...argv: string[]): Promise<typeof process.exitCode> {
  process.exitCode = undefined;
  await main(['--home', join(folder, 'home'), ...argv]);
  return process.exitCode;
}

describe('main', () => {
  it('runs a command and sets the exit code', async () => {
    expect(await run('key', 'list')).toBe(0);
    expect(output.stdout).toMatch(/^no keys here yet/);
  });

  it('digests a file', async () => {
    writeFileSync(join(folder, 'a'), '');
    expect(await run('digest', '--json', join(folder, 'a'))).toBe(0);
    // FIPS 202: SHA3-512 of the empty message.
    const { files } = JSON.parse(output.stdout);
    expect(files[0]).toMatchObject({
      path: 'a',
      size: 0,
      'sha3-512': expect.stringMatching(/^a69f73cca23a9ac5c8b567dc185a756e/),
    });
  });

  it('prints help without an exit code of its own', async () => {
    expect(await run('--help')).toBeUndefined();
    expect(output.stdout).toContain('Usage: weighbridge');
  });

  it.each([
    ['frobnicate'],
    ['boot', '--x'],
    ['show'],
    ['show', 'no-ref'],
    ['list', '--progress', 'x'],
    ['verify', '/none', '--bundle', 'b'],
  ])('a mistake in %s is USAGE, in text and in JSON', async (...argv) => {
    expect(await run(...argv)).toBe(2);
    expect([output.stdout, output.stderr.slice(0, 7)]).toEqual(['', 'USAGE: ']);
    output.stderr = '';
    expect(await run('--json', ...argv)).toBe(2);
    expect(JSON.parse(output.stdout)).toMatchObject({ outcome: 'USAGE', hint: expect.stringMatching(/./) });
    expect(output.stderr).toBe('');
  });

  it('a command of a later version is said to be one, whatever its flags', async () => {
    expect(await run('license', 'check', 'f', '--policy', '2')).toBe(2);
    expect(output.stderr).toContain('license check is not there yet');
  });

  it('a mistyped variable is USAGE in every command', async () => {
    vi.stubEnv('WEIGHBRIDGE_HOEM', 'x');
    expect(await run('doctor')).toBe(2);
    expect(output.stderr).toContain('WEIGHBRIDGE_HOEM');
  });

  describe('verify', () => {
    const named = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };

    it('nothing at hand comes before a missing trust file: UNVERIFIABLE', async () => {
      expect(await run('verify', folder)).toBe(30);
      expect(await run('verify', folder, '--trust', join(folder, 'none'))).toBe(2);
    });

    it('a named file that is absent comes before one that cannot be parsed', async () => {
      const bad = named('bad', '{}');
      expect(await run('verify', folder, '--bundle', bad, '--trust', join(folder, 'none'))).toBe(2);
      expect(await run('verify', folder, '--bundle', join(folder, 'none'), '--trust', bad)).toBe(2);
      expect(await run('verify', folder, '--bundle', bad, '--trust', bad)).toBe(20);
    });
  });
});
