import { rmSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { weighbridge } from '../support/command-line.js';
import { makePilot } from '../support/models.js';
import { openSandbox } from '../support/sandbox.js';

const box = openSandbox();

/** In the order of a release's life, which is the order of `weighbridge --help`. */
const COMMANDS = [
  'digest',
  'key new',
  'key list',
  'namespace claim',
  'namespace show',
  'register',
  'approve',
  'show',
  'list',
  'bundle export',
  'bundle inspect',
  'trust export',
  'trust import',
  'verify',
  'require',
  'revoke',
  'doctor',
];

afterAll(() => rmSync(box.folder, { recursive: true, force: true }));

async function helpOf(words: readonly string[]): Promise<string> {
  const { exit, stdout } = await weighbridge([...words, '--help'], { json: false });
  expect(exit).toBe(0);
  return stdout;
}

/** The lines that a user would copy, without the prompt. */
function examplesIn(help: string): string[] {
  return help.split('\n').flatMap((line) => /^ {2}\$ weighbridge (.+)$/.exec(line)?.[1] ?? []);
}

/** As a shell cuts them; the examples know no quotes but double ones. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
}

describe('examples in --help run as printed, one after the other in one folder', () => {
  it.each(COMMANDS)('%s', async (command) => {
    if (command === 'digest') await makePilot(box.at('pilot-llm'));
    const examples = examplesIn(await helpOf(command.split(' ')));
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      const env = { XDG_DATA_HOME: box.at('data') };
      const json = !example.includes('--manifest') && !example.includes('--json');
      const { exit, stderr } = await weighbridge(wordsOf(example), { cwd: box.folder, env, json });
      expect(exit, `${example}: ${stderr}`).toBe(0);
    }
  });

  it('covers every command that the help lists', async () => {
    const listed = [];
    for (const word of [...(await helpOf([])).matchAll(/^ {2}([a-z]+)\b/gm)].map(([, name]) => name!)) {
      if (word === 'help') continue;
      const inner = [...(await helpOf([word])).matchAll(/^ {2}([a-z]+) \[options\]/gm)].map(
        ([, name]) => `${word} ${name}`,
      );
      listed.push(...(inner.length > 0 ? inner : [word]));
    }
    expect(listed.sort()).toEqual([...COMMANDS].sort());
  });
});
