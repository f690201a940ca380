import { EXIT_CODES } from '@weighbridge/core/outcome';
import { expect, test } from 'vitest';
import { ENVIRONMENT_HELP, EXIT_CODE_HELP } from './help-topics.js';
import { LATER_VARIABLES, VARIABLES } from './settings.js';

test.each(Object.entries(EXIT_CODES))('exit-codes lists %s as %i', (outcome, code) => {
  expect(EXIT_CODE_HELP).toMatch(new RegExp(`^ +${code}  ${outcome} +\\S`, 'm'));
});

test('exit-codes lists what signals give', () => expect(EXIT_CODE_HELP).toMatch(/130.*143/));

test.each([...Object.keys(VARIABLES), ...LATER_VARIABLES])('environment lists %s', (name) => {
  expect(ENVIRONMENT_HELP).toMatch(new RegExp(`^  ${name}$`, 'm'));
});
