import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { COMMANDS } from '@weighbridge/cli/command-list';
import { BIN, environment, startChild } from '../support/child.js';
import { expectOutcome, weighbridge } from '../support/command-line.js';
import { makePilot } from '../support/models.js';
import { openSandbox, type Sandbox } from '../support/sandbox.js';

const helpOf = (name: string) =>
  execFileSync(BIN, [...name.split(' '), '--help'], { encoding: 'utf8', env: environment() });
const examplesIn = (help: string) => [...help.matchAll(/^ {2}\$ weighbridge (.*)$/gm)].map(([, line]) => line!);

describe('the examples that each --help prints', () => {
  let box: Sandbox;
  beforeAll(async () => {
    box = openSandbox();
    await makePilot(box.at('pilot-llm'));
  });
  afterAll(() => rmSync(box.folder, { recursive: true, force: true }));

  // in the order of the list, in one folder that holds pilot-llm, as printed
  test.each(COMMANDS.filter(({ isService }) => !isService).map(({ name }) => name))('%s', async (name) => {
    const examples = examplesIn(helpOf(name));
    // what comes before makes what the command needs
    expect(examples.at(-1)).toMatch(new RegExp(`(^|\\s)${name}(\\s|$)`));
    for (const example of examples) {
      const env = { PATH: `${BIN.replace(/\/[^/]+$/, '')}:${process.env.PATH}`, HOME: box.at('user') };
      const { exit, stdout, stderr } = await startChild(['sh', '-c', `weighbridge ${example}`], {
        cwd: box.folder,
        env,
      }).ended;
      expect(exit, `weighbridge ${example}: ${stderr}`).toBe(0);
      expect(stdout).not.toBe('');
    }
  });
});

describe('help', () => {
  test.each(COMMANDS.map(({ name }) => name))(
    '%s: --help and help say the same, and declare what the examples use',
    async (name) => {
      const help = helpOf(name);
      expect((await weighbridge(['help', ...name.split(' ')], { json: false })).stdout).toBe(help);
      const usage = help.slice(0, help.indexOf('Examples:'));
      const own = examplesIn(help).filter((example) => new RegExp(`(^|\\s)${name}(\\s|$)`).test(example));
      for (const example of own)
        for (const [flag] of example.matchAll(/(?<=\s)--?[a-z][a-z-]*/g)) expect(usage).toContain(flag);
    },
  );

  test('needs no home and makes none', async () => {
    const { exit } = await startChild([BIN, 'verify', '--help', '--home', '/nonexistent/x'], {}).ended;
    expect(exit).toBe(0);
    await expectOutcome('USAGE', ['help', 'frobnicate']);
  });
});
