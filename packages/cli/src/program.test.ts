import { describe, expect, it } from 'vitest';
import { COMMANDS } from './command-list.js';
import { parseLine } from './program.js';
import { captureOutput } from './testing/captured-output.js';
import { VERSION } from './version.js';

const output = captureOutput();
const parse = (line: string) => parseLine(line.split(' ').filter(Boolean));
const usage = (hint: string | RegExp = /./) =>
  expect.objectContaining({ code: 'USAGE', hint: expect.stringMatching(hint) });

describe('global flags', () => {
  const expected = { json: true, home: 'h', lockTimeout: '5s', progress: 'plain', quiet: true };

  it.each([
    ['before the command', '--json --home h --lock-timeout 5s --progress plain --quiet bundle export r -o f'],
    ['after it', 'bundle export r -o f --json --home h --lock-timeout 5s --progress plain --quiet'],
    ['between its words', 'bundle --json --home h export r --lock-timeout 5s -o f --progress plain --quiet'],
    ['on both sides', '--json --home h bundle export --lock-timeout 5s r --progress plain --quiet -o f'],
  ])('%s', (_, line) => {
    expect(parse(line)).toMatchObject({
      spec: { name: 'bundle export' },
      flags: expected,
      args: ['r'],
      options: { output: 'f' },
    });
  });

  it('have defaults', () => {
    expect(parse('doctor')!.flags).toEqual({
      json: false,
      quiet: false,
      home: undefined,
      config: undefined,
      progress: 'auto',
      lockTimeout: '30s',
    });
  });

  it('are no options of a command', () => {
    expect(parse('--no-color --json --config c show r --manifest')!.options).toEqual({ manifest: true });
  });

  it('are arguments after --', () => {
    expect(parse('digest -- --json -x')).toMatchObject({ args: ['--json', '-x'], flags: { json: false } });
  });
});

describe('options', () => {
  it('that repeat are lists, in their order', () => {
    expect(parse('namespace claim acme --approver a=x --approver b=y')!.options).toEqual({ approver: ['a=x', 'b=y'] });
  });

  it('that do not repeat keep the last', () => {
    expect(parse('verify d --bundle a --bundle b')!.options).toEqual({ bundle: 'b' });
  });

  it('--version of register is its own', () => {
    expect(parse('register d --model a/b --version 1.0.0')!.options).toEqual({ model: 'a/b', version: '1.0.0' });
  });

  it('several paths are arguments', () => expect(parse('digest a b c')!.args).toEqual(['a', 'b', 'c']));
});

describe('what cannot be parsed is USAGE, with the help of the command', () => {
  it.each([
    ['an unknown command', 'frobnicate', /weighbridge --help/],
    ['an unknown command of a group', 'bundle frobnicate', /weighbridge --help/],
    ['a group alone', 'bundle', /weighbridge --help/],
    ['nothing', '', /weighbridge --help/],
    ['an unknown flag', 'show r --frobnicate', /weighbridge show --help/],
    ['an unknown flag behind a home folder', '--home h show r --frobnicate', /weighbridge show --help/],
    ['a missing argument', 'show', /weighbridge show --help/],
    ['an argument too many', 'show r s', /weighbridge show --help/],
    ['a missing required flag', 'bundle export r', /weighbridge bundle export --help/],
    ['a flag without its value', 'verify d --bundle', /weighbridge verify --help/],
    ['a flag of another command', 'show r --bundle x', /weighbridge show --help/],
    ['an unknown topic', 'help frobnicate', /weighbridge --help/],
  ])('%s', (_, line, hint) => {
    expect(() => parse(line)).toThrow(usage(hint));
    expect(output).toEqual({ stdout: '', stderr: '' });
  });

  it('says which command is missing', () => {
    expect(() => parse('bundle')).toThrow(/weighbridge bundle/);
    expect(() => parse('')).toThrow(/missing after weighbridge$/);
  });
});

describe('help and version are printed here', () => {
  it('--version', () => {
    expect(parse('--version')).toBeUndefined();
    expect(output.stdout).toBe(`${VERSION}\n`);
  });

  it.each(['--help', '-h', 'help'])('%s lists every first word', (line) => {
    expect(parse(line)).toBeUndefined();
    for (const { name } of COMMANDS) expect(output.stdout).toMatch(new RegExp(`^  ${name.split(' ')[0]}\\b`, 'm'));
  });

  it('of the topics', () => {
    expect(parse('help environment')).toBeUndefined();
    expect(parse('help exit-codes')).toBeUndefined();
    expect(output.stdout).toContain('WEIGHBRIDGE_HOME');
    expect(output.stdout).toContain('NOT_APPROVED');
  });

  it.each(COMMANDS.map((spec) => [spec.name, spec] as const))(
    'of %s, with its examples, in both ways',
    (name, spec) => {
      expect(parse(`${name} --help`)).toBeUndefined();
      const printed = output.stdout;
      for (const example of spec.examples) expect(printed).toContain(`$ weighbridge ${example}\n`);
      for (const { flags } of spec.options ?? []) expect(printed).toContain(flags);
      output.stdout = '';
      expect(parse(`help ${name}`)).toBeUndefined();
      expect(output.stdout).toBe(printed);
    },
  );
});
