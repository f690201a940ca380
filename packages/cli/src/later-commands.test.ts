import { describe, expect, it } from 'vitest';
import { COMMANDS } from './command-list.js';
import { LATER_COMMANDS, refuseLaterCommand } from './later-commands.js';

const refused = (line: string) => () => refuseLaterCommand(line.split(' '));
const usage = expect.objectContaining({ code: 'USAGE', hint: expect.stringMatching(/./) });

describe('refuseLaterCommand', () => {
  it.each(LATER_COMMANDS)('%s is USAGE, whatever its flags', (name) => {
    expect(refused(name)).toThrow(usage);
    expect(refused(`--json --home h ${name} x --of-a-later-version`)).toThrow(usage);
  });

  it.each(['license', 'chain', 'license frobnicate'])('the whole group is: %s', (line) => {
    expect(refused(line)).toThrow(usage);
  });

  it.each(COMMANDS.map(({ name }) => name))('%s is let through', (name) => {
    expect(refused(name)).not.toThrow();
    expect(refused(`${name} scan`)).not.toThrow();
  });

  it.each([
    'namespace',
    'bundle',
    'nonsense',
    '--help',
    'digest -- scan',
    'digest scan',
    '--home scan digest x',
    'ota',
    'delta x',
  ])('%s is none', (line) => {
    expect(refused(line)).not.toThrow();
  });
});
