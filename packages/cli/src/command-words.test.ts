import { describe, expect, it } from 'vitest';
import { commandWords, wantsJson } from './command-words.js';

describe('commandWords', () => {
  it.each([
    ['verify dir', ['verify', 'dir']],
    ['--home verify digest a', ['digest', 'a']],
    ['--home=verify digest a', ['digest', 'a']],
    ['--json --lock-timeout 3s bundle export x -o y', ['bundle', 'export', 'x', 'y']],
    ['digest -- --json boot', ['digest']],
    ['', []],
  ])('%s', (line, words) => expect(commandWords(line.split(' ').filter(Boolean))).toEqual(words));
});

describe('wantsJson', () => {
  it.each([
    ['--json digest a', true],
    ['digest a --json', true],
    ['digest a', false],
    ['digest -- --json', false],
    ['--home --json digest a', false],
    ['digest a --jso', false],
  ])('%s', (line, json) => expect(wantsJson(line.split(' '))).toBe(json));
});
