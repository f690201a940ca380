import { describe, expect, it } from 'vitest';
import {
  isModelName,
  isName,
  isVersion,
  namespaceOf,
  parseModelName,
  parseNamespace,
  parseReleaseRef,
  parseVersion,
  tryReleaseRef,
} from './names.js';

const usage = expect.objectContaining({ code: 'USAGE', hint: expect.any(String) });

describe('namespaces and names', () => {
  it.each(['a', '0', 'acme', 'a-b_c.d', 'a--b', 'a'.repeat(64), '1.2.3'])('%s is one', (text) => {
    expect(isName(text)).toBe(true);
    expect(parseNamespace(text)).toBe(text);
  });

  it.each([
    '',
    'A',
    'acmE',
    '-a',
    'a-',
    '.a',
    'a.',
    '_a',
    'a_',
    'a..b',
    'a b',
    'a/b',
    'a@b',
    'a+b',
    'é',
    'a\n',
    '\na',
    'a'.repeat(65),
    'a\0',
    'ａ',
  ])('%j is none', (text) => {
    expect(isName(text)).toBe(false);
    expect(() => parseNamespace(text)).toThrow(usage);
  });
});

describe('model names', () => {
  it.each(['acme/pilot-llm', 'a/b', `${'a'.repeat(64)}/${'b'.repeat(64)}`])('%s is one', (text) => {
    expect(isModelName(text)).toBe(true);
    expect(namespaceOf(parseModelName(text))).toBe(text.split('/')[0]);
  });

  it.each(['', 'acme', '/', 'a/', '/b', 'a/b/c', 'a//b', 'A/b', 'a/B', 'a/*', 'a/b@1', ' a/b', 'a/b\n'])(
    '%j is none',
    (text) => {
      expect(isModelName(text)).toBe(false);
      expect(() => parseModelName(text)).toThrow(usage);
    },
  );
});

describe('versions', () => {
  it.each(['1', '1.2.0', 'v1', '2024-01-02', '1.0.0-rc.1+build.5', 'A', 'a'.repeat(64), '1.lock.2', 'lock', '1-'])(
    '%s is one',
    (text) => {
      expect(isVersion(text)).toBe(true);
      expect(parseVersion(text)).toBe(text);
    },
  );

  it.each([
    '',
    '.1',
    '-1',
    '+1',
    '1..2',
    '1.',
    'x.lock',
    '1_2',
    '1/2',
    '1 2',
    '1~2',
    '1^',
    '1:2',
    'é',
    '1\n',
    'a'.repeat(65),
    '1@2',
    '..',
  ])('%j is none', (text) => {
    expect(isVersion(text)).toBe(false);
    expect(() => parseVersion(text)).toThrow(usage);
  });
});

describe('release references', () => {
  it('has its parts', () => {
    expect(parseReleaseRef('acme/pilot-llm@1.2.0')).toEqual({
      namespace: 'acme',
      model: 'acme/pilot-llm',
      version: '1.2.0',
      name: 'acme/pilot-llm@1.2.0',
    });
  });

  it.each(['', '@', 'a/b', 'a/b@', '@1', 'a@1', 'a/b@1@2', 'a/b@@1', 'a/b@1.lock', 'A/b@1', 'a/b @1', 'a/b@1 '])(
    '%j is none',
    (text) => {
      expect(tryReleaseRef(text)).toBeUndefined();
      expect(() => parseReleaseRef(text)).toThrow(usage);
    },
  );

  it('shows a hostile one escaped', () => {
    expect(() => parseReleaseRef('\u001b[2J\u202e')).toThrow('"\\u{1b}[2J\\u{202e}" is no release reference');
  });
});
