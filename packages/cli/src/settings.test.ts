import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LATER_VARIABLES, readSettings, VARIABLES } from './settings.js';

let folder: string;
let config: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weighbridge-settings-'));
  config = join(folder, 'config.yaml');
});

afterEach(() => rmSync(folder, { recursive: true }));

const usage = { code: 'USAGE', hint: expect.stringMatching(/./) };

describe('readSettings', () => {
  it('takes the flag, then the environment, then the file', async () => {
    writeFileSync(config, 'home: /file\npassphraseFile: /file-pass\n');
    const environment = { WEIGHBRIDGE_HOME: '/environment' };
    expect(await readSettings({ home: '/flag', config }, environment)).toMatchObject({ home: '/flag' });
    expect(await readSettings({ config }, environment)).toEqual({ home: '/environment', passphraseFile: '/file-pass' });
    expect(await readSettings({ config }, {})).toMatchObject({ home: '/file' });
    expect(await readSettings({}, {})).toEqual({ home: undefined, passphraseFile: undefined });
  });

  it('an empty variable is as good as none', async () => {
    const environment = { WEIGHBRIDGE_HOME: '', WEIGHBRIDGE_PASSPHRASE_FILE: '' };
    expect(await readSettings({}, environment)).toEqual({ home: undefined, passphraseFile: undefined });
  });

  it('leaves the variables of others alone', () => readSettings({}, { HOME: '/', WEIGHBRIDGE: '1', PATH: '' }));

  it.each([['WEIGHBRIDGE_HOEM'], ['WEIGHBRIDGE_'], ['weighbridge_home'], ['WEIGHBRIDGE_toString']])(
    '%s is USAGE',
    async (name) => {
      const refusal = { ...usage, message: expect.stringContaining(name) };
      await expect(readSettings({}, { [name]: 'x' })).rejects.toMatchObject(refusal);
    },
  );

  it.each(LATER_VARIABLES)('%s is of a later version: USAGE rather than ignored', async (name) => {
    await expect(readSettings({}, { [name]: 'x' })).rejects.toMatchObject(usage);
    expect(VARIABLES).not.toHaveProperty(name);
  });

  it('names all problems of the environment at once', async () => {
    const environment = { WEIGHBRIDGE_B: '', WEIGHBRIDGE_RPC_URL: '', WEIGHBRIDGE_A: '' };
    const message = expect.stringMatching(/WEIGHBRIDGE_A .*WEIGHBRIDGE_B .*WEIGHBRIDGE_RPC_URL /);
    await expect(readSettings({}, environment)).rejects.toMatchObject({ code: 'USAGE', message });
  });
});

describe('the configuration file', () => {
  it('may be empty', async () => {
    writeFileSync(config, '# nothing yet\n');
    expect(await readSettings({ config }, {})).toEqual({ home: undefined, passphraseFile: undefined });
  });

  it.each([
    ['no YAML', 'a: [', /YAML/],
    ['a list', '- home', /mapping/],
    ['a text', 'home', /mapping/],
    ['an alias', 'home: &a /x\npassphraseFile: *a\n', /YAML/],
    ['unknown and wrong settings, all named', 'hoem: x\nhome: 7\npassphraseFile: ""\n', /hoem.*home.*passphraseFile/],
    ['__proto__', '__proto__: {home: x}\n', /__proto__/],
  ])('with %s is USAGE', async (_, text, message) => {
    writeFileSync(config, text);
    await expect(readSettings({ config }, {})).rejects.toMatchObject({
      ...usage,
      message: expect.stringMatching(message),
    });
  });

  it('that is absent or a folder is USAGE', async () => {
    for (const path of [join(folder, 'none'), folder]) {
      await expect(readSettings({ config: path }, {})).rejects.toMatchObject(usage);
    }
  });

  it('that is too large is LIMIT', async () => {
    writeFileSync(config, `# ${'x'.repeat(64 * 1024)}`);
    await expect(readSettings({ config }, {})).rejects.toMatchObject({ code: 'LIMIT' });
  });
});
