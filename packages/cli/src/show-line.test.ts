import { describe, expect, it } from 'vitest';
import { jsonLine, showLine } from './show-line.js';

const HOSTILE = 'a\u001b[31m\n\u009b\u202e\u2028\ue000\u{e0001}b';

describe('showLine', () => {
  it('escapes what a terminal would obey', () => {
    expect(showLine(HOSTILE)).toBe('a\\u{1b}[31m\\u{a}\\u{9b}\\u{202e}\\u{2028}\\u{e000}\\u{e0001}b');
  });

  it('leaves text as it is, escaped text too', () => {
    const text = 'größer → 重み 🙂 \\u{1b} C:\\x';
    expect(showLine(text)).toBe(text);
  });
});

describe('jsonLine', () => {
  it('says the same as JSON, without any raw character that a terminal would obey', () => {
    const value = { [HOSTILE]: HOSTILE, lone: '\ud800', text: 'größer 🙂' };
    const line = jsonLine(value);
    expect(JSON.parse(line)).toEqual(value);
    expect(line).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
    expect(line).toContain('größer 🙂');
  });
});
