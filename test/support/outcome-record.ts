import { appendFileSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Outcome } from '@weighbridge/core/outcome';
import { expect } from 'vitest';
import promised from '../promised-outcomes.json' with { type: 'json' };

/** Where each run of the command line leaves a line; scripts/gen/outcomes.mjs makes the table of it. */
const RECORD = fileURLToPath(new URL('../../.cache/outcomes.jsonl', import.meta.url));

const TWO_WORDS = new Set(
  Object.keys(promised)
    .filter((name) => name.includes(' '))
    .map((name) => name.split(' ')[0]),
);
const VALUE_FLAGS = new Set(['--home', '--config', '--progress', '--lock-timeout']);

export function recordOutcome(args: readonly string[], outcome: Outcome): void {
  const words = args.filter((word, index) => !word.startsWith('-') && !VALUE_FLAGS.has(args[index - 1] ?? ''));
  const command = TWO_WORDS.has(words[0] ?? '') ? words.slice(0, 2).join(' ') : (words[0] ?? '');
  const { currentTestName = '', testPath = '' } = expect.getState();
  const test = `${testPath.replace(/^.*\/test\//, 'test/')}: ${currentTestName}`;
  mkdirSync(fileURLToPath(new URL('../../.cache', import.meta.url)), { recursive: true });
  appendFileSync(RECORD, `${JSON.stringify({ command, outcome, test })}\n`);
}
