import { expect, it } from 'vitest';
import { showText } from './show-text.js';

it.each([
  ['plain text, é 日本 😀', 'plain text, é 日本 😀'],
  ['\u001b[2J\r\n', '\\u{1b}[2J\\u{d}\\u{a}'],
  ['\u009b31m', '\\u{9b}31m'],
  ['a\u202eb\u2066', 'a\\u{202e}b\\u{2066}'],
  ['a\u2028b\u2029', 'a\\u{2028}b\\u{2029}'],
  ['\ud800', '\\u{d800}'],
  ['\ufffe', '\\u{fffe}'],
  ['a\\u{1b}', 'a\\\\u{1b}'],
  ['\0', '\\u{0}'],
])('%j', (text, shown) => expect(showText(text)).toBe(shown));

it('cuts what nobody reads', () => {
  expect(showText('x'.repeat(200))).toBe('x'.repeat(200));
  expect(showText('x'.repeat(201))).toBe(`${'x'.repeat(200)}…`);
  expect(showText('abc', 2)).toBe('ab…');
});
