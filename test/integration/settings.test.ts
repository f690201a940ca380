import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { expectOutcome, weighbridge } from '../support/command-line.js';
import { PILOT_1, prepared, sandbox } from '../support/sandbox.js';
import { namesIn } from '../support/snapshot.js';

const COMMANDS = [
  'digest',
  'key new',
  'key list',
  'namespace claim',
  'namespace show',
  'register',
  'approve',
  'revoke',
  'require',
  'show',
  'list',
  'verify',
  'bundle export',
  'bundle inspect',
  'trust export',
  'trust import',
  'ota install',
  'ota status',
  'ota confirm',
  'ota rollback',
  'boot',
  'doctor',
];
const LATER = ['scan', 'license check', 'namespace configure', 'chain deploy', 'export', 'witness'];
const text = { json: false };

describe('the home folder', () => {
  test('--home before WEIGHBRIDGE_HOME before XDG_DATA_HOME before ~/.local/share', async () => {
    const { at } = sandbox();
    const env = { HOME: at('user'), XDG_DATA_HOME: at('xdg'), WEIGHBRIDGE_HOME: at('variable') };
    await expectOutcome('OK', ['key', 'new', 'a'], { home: at('flag'), env });
    expect(namesIn(at('.'))).toEqual(['flag']);
    await expectOutcome('OK', ['key', 'new', 'a'], { env });
    expect(namesIn(at('.'))).toEqual(['flag', 'variable']);
    await expectOutcome('OK', ['key', 'new', 'a'], { env: { ...env, WEIGHBRIDGE_HOME: '' } });
    expect(namesIn(at('xdg'))).toEqual(['weighbridge']);
    await expectOutcome('OK', ['key', 'new', 'a'], { env: { HOME: at('user'), XDG_DATA_HOME: '' } });
    expect(namesIn(at('user/.local/share'))).toEqual(['weighbridge']);
    await expectOutcome('OK', ['key', 'new', 'b'], {
      env: { HOME: at('user'), XDG_DATA_HOME: 'relative' },
      cwd: at('.'),
    });
    expect(namesIn(at('.'))).toEqual(['flag', 'user', 'variable', 'xdg']);
  });

  test('nothing is written elsewhere', async () => {
    const { at } = sandbox();
    mkdirSync(at('user'));
    mkdirSync(at('cwd'));
    const options = { home: at('home'), cwd: at('cwd'), env: { HOME: at('user'), XDG_DATA_HOME: at('xdg') } };
    await expectOutcome('OK', ['register', prepared.model('tiny'), '--model', 'solo/t', '--version', '1'], options);
    expect([namesIn(at('user')), namesIn(at('cwd')), existsSync(at('xdg'))]).toEqual([[], [], false]);
    const wanted = ['chain', 'git', 'index.sqlite', 'ipfs', 'journal', 'keys', 'leaves', 'manifests', 'trust.json'];
    expect(namesIn(at('home'))).toEqual(wanted);
  });

  test('USAGE: a home that is a file, has an empty name or lies below a file', async () => {
    const { at } = sandbox();
    writeFileSync(at('file'), '');
    for (const home of [at('file'), at('file/home')])
      for (const line of [['list'], ['key', 'new', 'a'], ['verify', prepared.model('tiny')]]) {
        const { outcome } = (await weighbridge(line, { home })).answer;
        expect(['USAGE', 'IO']).toContain(outcome);
      }
    await expectOutcome('USAGE', ['--home', '', 'list']);
    await expectOutcome('USAGE', ['list', '--home']);
  });

  test('may be copied and moved: everything works from its new place', async () => {
    const box = sandbox();
    box.publisher('first');
    const home = box.copy(box.at('first'), 'deeper/second');
    await expectOutcome('OK', ['verify', prepared.model('pilot-1'), '--release', PILOT_1], { home });
    await expectOutcome('OK', ['approve', 'acme/pilot@3.0.0', '--as', 'bob'], { home });
    const first = await expectOutcome('OK', ['show', 'acme/pilot@3.0.0'], { home: box.at('first') });
    expect(first.answer.status).toBe('pending');
  });
});

describe('variables', () => {
  test('USAGE: a mistyped WEIGHBRIDGE_ name, whatever the command; nothing is done', async () => {
    const { at } = sandbox();
    for (const command of COMMANDS.filter((_, index) => index % 4 === 0)) {
      const { answer } = await expectOutcome('USAGE', [...command.split(' '), 'x', 'y'].slice(0, 3), {
        home: at('home'),
        env: { WEIGHBRIDGE_HOEM: 'x' },
      });
      expect(answer.message, command).toMatch(/WEIGHBRIDGE_HOEM|argument|option|required/);
    }
    const line = ['digest', prepared.model('tiny')];
    for (const name of [
      'WEIGHBRIDGE_HOEM',
      'WEIGHBRIDGE_home',
      'weighbridge_home',
      'WEIGHBRIDGE_',
      'Weighbridge_Passphrase_File',
    ])
      await expectOutcome('USAGE', line, { env: { [name]: 'x' } });
    await expectOutcome('OK', line, { env: { WEIGHBRIDGES: 'x', MY_WEIGHBRIDGE_HOME: 'x' } });
    expect(existsSync(at('home'))).toBe(false);
  });

  test('help environment lists them all; help exit-codes tells every outcome', async () => {
    const { stdout } = await weighbridge(['help', 'environment'], text);
    for (const name of ['WEIGHBRIDGE_HOME', 'WEIGHBRIDGE_PASSPHRASE_FILE']) expect(stdout).toContain(name);
    const codes = await weighbridge(['help', 'exit-codes'], text);
    for (const code of ['0  OK', '10  TAMPERED', '30  UNVERIFIABLE', '41  BUSY', '130', '143'])
      expect(codes.stdout).toContain(code);
  });
});

describe('--config', () => {
  test('a YAML file may set the home; flags and variables go before it', async () => {
    const { at } = sandbox();
    writeFileSync(at('c.yaml'), `home: ${at('configured')}\n`);
    await expectOutcome('OK', ['key', 'new', 'a', '--config', at('c.yaml')], { env: { HOME: at('user') } });
    expect(namesIn(at('configured'))).toContain('keys');
    const { answer } = await expectOutcome('OK', ['key', 'list', '--config', at('c.yaml')], { home: at('flag') });
    expect(answer.keys).toEqual([]);
  });

  test.each(['home: [1]', 'hoem: x', '- a', 'home: *x', '{', 'home: a\nhome: b'])('USAGE: %j', async (content) => {
    const { at } = sandbox();
    writeFileSync(at('c.yaml'), content);
    await expectOutcome('USAGE', ['list', '--config', at('c.yaml')], { home: at('h') });
  });

  test('USAGE: a file that is not there, a folder', async () => {
    const { at, folder } = sandbox();
    for (const path of [at('none'), folder])
      await expectOutcome('USAGE', ['list', '--config', path], { home: at('h') });
  });
});

describe('flags', () => {
  test('global ones stand before or after the command, never behind --', async () => {
    const home = prepared.home;
    for (const line of [
      ['--home', home, 'show', PILOT_1],
      ['show', PILOT_1, '--home', home],
      ['show', '--home', home, PILOT_1],
    ])
      await expectOutcome('OK', line);
    await expectOutcome('USAGE', ['show', '--', PILOT_1, '--quiet'], { home });
  });

  test('USAGE: progress and lock-timeout that are none', async () => {
    for (const line of [
      ['--progress', 'sparkles', 'list'],
      ['--lock-timeout', 'soon', 'list'],
      ['--lock-timeout', '5', 'list'],
    ])
      await expectOutcome('USAGE', line, { home: prepared.home });
  });

  test('--quiet: nothing on stderr of a success, the reason of a refusal all the same', async () => {
    const line = ['--quiet', 'verify', prepared.model('pilot-1'), '--release', PILOT_1];
    for (const json of [true, false]) expect((await weighbridge(line, { home: prepared.home, json })).stderr).toBe('');
    const refused = await weighbridge(['--quiet', 'verify', prepared.model('tiny'), '--release', PILOT_1], {
      home: prepared.home,
      json: false,
    });
    expect(refused.stderr).toMatch(/^WRONG_ARTIFACT: /);
  });

  test.each(['auto', 'bar', 'plain', 'json', 'none'])('--progress %s leaves stdout alone', async (mode) => {
    const { stderr } = await expectOutcome('OK', ['--progress', mode, 'digest', prepared.model('pilot-1')]);
    if (mode === 'none' || mode === 'auto') expect(stderr).toBe('');
  });

  test('no colors without a terminal', async () => {
    for (const more of [[], ['--no-color']]) {
      const { stdout, stderr } = await weighbridge([...more, 'show', PILOT_1], { home: prepared.home, json: false });
      expect(`${stdout}${stderr}`).not.toContain('\u001b');
    }
  });

  test.each([
    [],
    ['frobnicate'],
    ['key'],
    ['key', 'frobnicate'],
    ['bundle'],
    ['trust', 'x'],
    ['list', '--frobnicate'],
    ['show'],
    ['digest', '--no-such-file'],
    ['require'],
    ['namespace'],
    ['help', 'frobnicate'],
  ])('USAGE: %j', async (...line: string[]) => {
    const { at } = sandbox();
    await expectOutcome('USAGE', line, { home: at('h') });
    await weighbridge(line, { home: at('h'), json: false });
    expect(existsSync(at('h'))).toBe(false);
  });

  test('an unknown flag is USAGE and does nothing', async () => {
    const { folder, at } = sandbox();
    for (const command of COMMANDS.filter((_, index) => index % 3 === 0))
      await expectOutcome('USAGE', [...command.split(' '), '--no-such'], { home: at('h') });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('commands of a later version are USAGE and named, and do nothing', async () => {
    const { folder, at } = sandbox();
    for (const command of LATER) {
      const { answer } = await expectOutcome('USAGE', command.split(' '), { home: at('h'), cwd: folder });
      expect(answer.message).toContain(command);
    }
    await expectOutcome('USAGE', ['namespace', 'configure', 'acme', '--threshold', '1'], { home: prepared.home });
    expect(readdirSync(folder)).toEqual([]);
  });

  test('--version is one line, --help lists every command', async () => {
    expect((await weighbridge(['--version'], text)).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    const { stdout, exit } = await weighbridge(['--help'], text);
    expect(exit).toBe(0);
    for (const command of COMMANDS) expect(stdout).toContain(command.split(' ')[0]);
  });
});

describe('doctor', () => {
  test('a line for each part, of a used home, a fresh one and a damaged one', async () => {
    const box = sandbox();
    const used = await expectOutcome('OK', ['doctor'], { home: prepared.home });
    const parts = used.answer.parts as Record<string, string>[];
    for (const part of parts) expect(Object.keys(part).sort()).toEqual(['hint', 'name', 'state', 'where']);
    expect(parts.filter(({ state }) => state !== 'ok').map(({ name }) => name)).toEqual(['device state']);
    const { stdout } = await weighbridge(['doctor'], { home: prepared.home, json: false });
    expect(stdout.trim().split('\n')).toHaveLength(parts.length);
    const fresh = await expectOutcome('OK', ['doctor'], { home: box.at('fresh') });
    expect((fresh.answer.parts as Record<string, string>[]).some(({ hint }) => hint !== '')).toBe(true);
    expect(existsSync(box.at('fresh'))).toBe(false);
    const home = box.publisher();
    for (const name of ['trust.json', 'device-state.json', 'chain/state.json', 'keys/alice.json'])
      writeFileSync(`${home}/${name}`, 'damaged');
    const damaged = await expectOutcome('OK', ['doctor'], { home });
    const ill = (damaged.answer.parts as Record<string, string>[]).filter(({ state }) => state !== 'ok');
    expect(ill.map(({ name }) => name)).toEqual(expect.arrayContaining(['keys', 'chain', 'trust', 'device state']));
    for (const { hint } of ill) expect(hint).not.toBe('');
    await expectOutcome('USAGE', ['doctor', 'me'], { home });
  });
});
