import { describe, expect, it } from 'vitest';
import { COMMANDS } from './command-list.js';
import { commandWords } from './command-words.js';
import { LATER_COMMANDS } from './later-commands.js';
import { parseLine } from './program.js';

const commands = COMMANDS.map((spec) => [spec.name, spec] as const);

/** Splits a line as a shell would, for the quotes that examples use. */
function shellWords(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
}

describe.each(commands)('%s', (name, spec) => {
  it('has examples, the last of which begins with its own name', () => {
    const last = commandWords(shellWords(spec.examples.at(-1) ?? ''));
    expect(last.join(' ')).toMatch(new RegExp(`^${name}( |$)`));
  });

  it.each(spec.examples)('%s parses as printed', (example) => {
    const words = commandWords(shellWords(example)).join(' ');
    expect(words.startsWith(parseLine(shellWords(example))?.spec.name ?? 'nothing')).toBe(true);
  });

  it('says in a line what it does and what each argument and flag is', () => {
    for (const { about } of [{ about: spec.summary }, ...(spec.args ?? []), ...(spec.options ?? [])])
      expect(about).toMatch(/^\S.*[^.]$/);
  });

  it('is there', async () => expect(await spec.load()).toHaveProperty('run'));
});

it('names are one or two words, each once, and none is of a later version', () => {
  const names = [...COMMANDS.map(({ name }) => name), ...LATER_COMMANDS];
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z-]+( [a-z]+)?$/);
});
