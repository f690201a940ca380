import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, test } from 'vitest';
import { expectOutcome, weighbridge } from '../support/command-line.js';
import { edit, flipByte } from '../support/damage.js';
import { PILOT_3, sandbox } from '../support/sandbox.js';
import { snapshot } from '../support/snapshot.js';

const ADDRESS = /^0x[0-9a-fA-F]{40}$/;

describe('key new, key list', () => {
  test('make keys and list them by name and address', async () => {
    const { at } = sandbox();
    const home = at('home');
    const made = await expectOutcome('OK', ['key', 'new', 'carol'], { home });
    expect(made.answer).toMatchObject({ name: 'carol', address: expect.stringMatching(ADDRESS) });
    await expectOutcome('OK', ['key', 'new', 'a.b_c-1'], { home });
    const { answer } = await expectOutcome('OK', ['key', 'list'], { home });
    expect(answer.keys).toEqual([
      { name: 'a.b_c-1', address: expect.stringMatching(ADDRESS) },
      { name: 'carol', address: made.answer.address },
    ]);
    const { stdout } = await weighbridge(['key', 'list'], { home, json: false });
    expect(stdout).toContain(`${made.answer.address}  carol`);
  });

  test('for their owner alone, and never in clear', async () => {
    const { at } = sandbox();
    const home = at('home');
    await expectOutcome('OK', ['key', 'new', 'carol'], { home });
    const modes = Object.fromEntries(readdirSync(`${home}/keys`).map((name) => [name, mode(`${home}/keys/${name}`)]));
    expect(modes).toEqual({ 'carol.json': 0o600, passphrase: 0o600 });
    expect([mode(home), mode(`${home}/keys`)]).toEqual([0o700, 0o700]);
    expect(JSON.parse(readFileSync(`${home}/keys/carol.json`, 'utf8')).crypto ?? 'Crypto').toBeTruthy();
  });

  test('key list makes nothing', async () => {
    const { at } = sandbox();
    const { answer } = await expectOutcome('OK', ['key', 'list'], { home: at('home') });
    expect(answer.keys).toEqual([]);
    expect(existsSync(at('home'))).toBe(false);
  });

  test('USAGE: a name that is taken; the key stays', async () => {
    const box = sandbox();
    const home = box.publisher();
    const before = readFileSync(`${home}/keys/alice.json`);
    await expectOutcome('USAGE', ['key', 'new', 'alice'], { home });
    expect(readFileSync(`${home}/keys/alice.json`)).toEqual(before);
    expect(readdirSync(home)).not.toContain('lock');
  });

  test.each(['', '..', '../up', 'a/b', 'Alice', '-a', 'é', 'x'.repeat(65), '$(touch x)', 'a\nb'])(
    'USAGE: the name %j',
    async (name) => {
      const { folder, at } = sandbox();
      await expectOutcome('USAGE', ['key', 'new', '--', name], { home: at('home'), cwd: folder });
      expect(readdirSync(folder, { recursive: true })).toSatisfy((names: string[]) =>
        names.every((found) => found === 'home'),
      );
    },
  );

  test('USAGE: a name that reads like an address, since it would be taken for one', async () => {
    const { at } = sandbox();
    await expectOutcome('USAGE', ['key', 'new', '0x95c638191868250a93d697cd0dd14b7ab25f56ba'], { home: at('home') });
  });

  test('USAGE: no name, two names, a home that is a file, an unknown flag', async () => {
    const { at } = sandbox();
    writeFileSync(at('file'), '');
    await expectOutcome('USAGE', ['key', 'new'], { home: at('home') });
    await expectOutcome('USAGE', ['key', 'new', 'a', 'b'], { home: at('home') });
    await expectOutcome('USAGE', ['key', 'list', 'a'], { home: at('home') });
    await expectOutcome('USAGE', ['key', 'list', '--secret'], { home: at('home') });
    await expectOutcome('USAGE', ['key', 'list'], { home: at('file') });
    await expectOutcome('USAGE', ['key', 'new', 'a'], { home: at('file') });
    expect(existsSync(at('home'))).toBe(false);
  });
});

describe('the passphrase', () => {
  const approve = ['approve', PILOT_3, '--as', 'alice'];

  test('comes from the file that WEIGHBRIDGE_PASSPHRASE_FILE names, its first line', async () => {
    const { at } = sandbox();
    const [home, file] = [at('home'), at('passphrase')];
    writeFileSync(file, 'correct horse\nbattery\n');
    const env = { WEIGHBRIDGE_PASSPHRASE_FILE: file };
    await expectOutcome('OK', ['key', 'new', 'publisher'], { home, env });
    expect(existsSync(`${home}/keys/passphrase`)).toBe(false);
    writeFileSync(file, 'correct horse');
    await expectOutcome('OK', ['namespace', 'claim', 'solo', '--approver', 'dave=legal'], { home, env });
  });

  test('USAGE: wrong, missing, empty, or no file; nothing changes', async () => {
    const box = sandbox();
    const home = box.publisher();
    mkdirSync(box.at('folder'));
    writeFileSync(box.at('wrong'), 'wrong\n');
    writeFileSync(box.at('empty'), '');
    const before = snapshot(home);
    for (const name of ['wrong', 'empty', 'folder', 'none'])
      await expectOutcome('USAGE', approve, { home, env: { WEIGHBRIDGE_PASSPHRASE_FILE: box.at(name) } });
    expect(withoutFolderTimes(snapshot(home))).toEqual(withoutFolderTimes(before));
    await expectOutcome('OK', ['key', 'list'], { home, env: { WEIGHBRIDGE_PASSPHRASE_FILE: box.at('none') } });
  });

  test("USAGE: the home's own is gone; it is not made anew beside keys that it would not open", async () => {
    const box = sandbox();
    const home = box.publisher();
    rmSync(`${home}/keys/passphrase`);
    await expectOutcome('USAGE', approve, { home });
    await expectOutcome('USAGE', ['key', 'new', 'carol'], { home });
    expect(existsSync(`${home}/keys/passphrase`)).toBe(false);
  });
});

describe('damaged key files', () => {
  test.each([
    ['cut', (path: string) => edit(path, (bytes) => bytes.subarray(0, 100))],
    ['empty', (path: string) => writeFileSync(path, '')],
    ['another JSON', (path: string) => writeFileSync(path, '{"version":3}')],
    ['of a flipped address', (path: string) => edit(path, (bytes) => flipAddress(bytes))],
    ['of a flipped secret', (path: string) => edit(path, (bytes) => flipSecret(bytes))],
    ['no file but a dangling symlink', (path: string) => symlinkInstead(path)],
  ])('a key that is %s signs nothing', async (_, damage) => {
    const box = sandbox();
    const home = box.publisher();
    damage(`${home}/keys/alice.json`);
    const ended = await weighbridge(['approve', PILOT_3, '--as', 'alice'], { home });
    expect(['MALFORMED', 'USAGE', 'IO']).toContain(ended.answer.outcome);
    const { answer } = await expectOutcome('OK', ['show', PILOT_3], { home }).catch(() => ({
      answer: { approvals: [] },
    }));
    expect(answer.approvals).toEqual([]);
  });

  test('a flipped bit of the stored passphrase opens nothing', async () => {
    const box = sandbox();
    const home = box.publisher();
    flipByte(`${home}/keys/passphrase`, 0);
    await expectOutcome('USAGE', ['approve', PILOT_3, '--as', 'alice'], { home });
  });
});

function symlinkInstead(path: string): void {
  rmSync(path);
  symlinkSync('none', path);
}

function mode(path: string): number {
  return statSync(path).mode & 0o777;
}

function flipAddress(bytes: Buffer): Buffer {
  const stored = JSON.parse(bytes.toString()) as { address: string };
  return Buffer.from(
    JSON.stringify({ ...stored, address: stored.address.replace(/.$/, (last) => (last === '0' ? '1' : '0')) }),
  );
}

function flipSecret(bytes: Buffer): Buffer {
  return Buffer.from(
    bytes
      .toString()
      .replace(/("ciphertext":\s*")(.)/, (_, head: string, digit: string) => `${head}${digit === '0' ? '1' : '0'}`),
  );
}

/** The lock comes and goes, which the folder's own time tells. */
function withoutFolderTimes(found: Record<string, string>): Record<string, string> {
  const { '.': _, ...rest } = found;
  return rest;
}
