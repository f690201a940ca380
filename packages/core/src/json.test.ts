import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isPlainText, parseJson } from './json.js';

const LIMITS = { maxBytes: 1_000_000 };
const parse = (text: string, limits: { maxBytes: number; maxDepth?: number } = LIMITS) =>
  parseJson(Buffer.from(text), 'the input', limits);
const parseBytes = (...bytes: number[]) => parseJson(Uint8Array.from(bytes), 'the input', LIMITS);
const refused = (code: string) => expect.objectContaining({ code, hint: expect.any(String) });

describe('what is accepted', () => {
  it.each([
    ['{}', {}],
    ['[]', []],
    ['[ ]', []],
    [' {\t"a" :\r\n[ 1 , "x" ] } ', { a: [1, 'x'] }],
    ['""', ''],
    ['"\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\ud83d\\ude00"', '"\\/\b\f\n\r\tA😀'],
    ['"\ufeff"', '\ufeff'],
    ['0', 0],
    ['9007199254740991', 2 ** 53 - 1],
    ['[true,false,null]', [true, false, null]],
  ])('%s', (text, value) => expect(parse(text)).toEqual(value));

  it('what JSON.parse gives, for anything that our formats hold', () => {
    const integer = fc.maxSafeNat();
    const string = fc.string({ unit: 'binary' }).filter(isPlainText);
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 5 }, fc.boolean(), fc.constant(null), integer, string, tie('list'), tie('object')),
      list: fc.array(tie('value'), { maxLength: 4 }),
      object: fc.dictionary(string, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    }));
    fc.assert(
      fc.property(value, fc.constantFrom(0, 1, 2), (tree, indent) => {
        const text = JSON.stringify(tree, undefined, indent);
        expect(parse(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('nothing that JSON.parse refuses', () => {
    const alphabet = fc.constantFrom(...'{}[]",:\\ \t\n0123eE+-.truefalsnull/u"""');
    fc.assert(
      fc.property(fc.string({ unit: alphabet, maxLength: 12 }), (text) => {
        let value: unknown;
        try {
          value = parse(text);
        } catch {
          return;
        }
        expect(value).toEqual(JSON.parse(text));
      }),
      { numRuns: 20_000 },
    );
  });

  it('a member of any name', () => {
    const value = parse('{"__proto__":1,"constructor":2,"toString":3,"":4,"0":5}') as Record<string, unknown>;
    expect(Object.getPrototypeOf(value)).toBeNull();
    const entries = [
      ['0', 5],
      ['__proto__', 1],
      ['constructor', 2],
      ['toString', 3],
      ['', 4],
    ];
    expect(Object.entries(value)).toEqual(entries);
  });

  it('strings of any length, with as many escapes', () => {
    const limits = { maxBytes: 20_000_000 };
    for (const piece of ['x', '\\n', 'a\\u0041b', 'é']) {
      const text = `"${piece.repeat(2_000_000)}"`;
      expect(parse(text, limits)).toBe(JSON.parse(text));
    }
  });
});

describe('MALFORMED', () => {
  it.each([
    '',
    ' ',
    '{',
    '}',
    '[',
    ']',
    '[1',
    '[1,',
    '[1,]',
    '[,1]',
    '[1 2]',
    '[1}',
    '{"a"}',
    '{"a":}',
    '{"a":1,}',
    '{,}',
    '{"a" 1}',
    '{"a":1 "b":2}',
    '{a:1}',
    "{'a':1}",
    '{1:1}',
    '{"a":1]',
    'tru',
    'True',
    'nul',
    'undefined',
    'NaN',
    'Infinity',
    '{}{}',
    '{} x',
    '1 1',
    '"',
    '"abc',
    '"\\"',
    '"\\x41"',
    '"\\u12"',
    '"\\u12g4"',
    '"\\',
    '"a\nb"',
    '"\t"',
    '"\u0000"',
    '\u00a0{}',
    '\ufeff{}',
    '/* */{}',
    '// x\n{}',
  ])('%j', (text) => expect(() => parse(text)).toThrow(refused('MALFORMED')));

  it.each([
    '1.0',
    '1.',
    '.5',
    '1e3',
    '1E3',
    '1e+3',
    '-1',
    '-0',
    '-',
    '+1',
    '01',
    '00',
    '0x10',
    '1_000',
    '9007199254740992',
    '9007199254740993',
    '18446744073709551615',
    `1${'0'.repeat(400)}`,
  ])('the number %s', (text) => {
    expect(() => parse(text)).toThrow(refused('MALFORMED'));
    expect(() => parse(`{"a":${text}}`)).toThrow(refused('MALFORMED'));
  });

  it.each([
    '{"a":1,"a":1}',
    '{"a":1,"b":2,"a":3}',
    '{"a":1,"\\u0061":2}',
    '{"__proto__":1,"__proto__":2}',
    '{"constructor":1,"constructor":2}',
    '{"x":[{"a":1,"a":2}]}',
  ])('a member twice: %s', (text) => expect(() => parse(text)).toThrow(refused('MALFORMED')));

  it.each([
    '"\\ud800"',
    '"\\udc00"',
    '"\\ude00\\ud83d"',
    '"\\u0000"',
    '"\\ufffe"',
    '"\\uffff"',
    '"\\ufdd0"',
    '"\\ufdef"',
    '"\\ud83f\\udffe"',
    '"\ufdd0"',
    '"\u{1ffff}"',
    '"\u{10fffe}"',
    '{"\\ud800":1}',
    '{"\\uffff":1}',
  ])('text that cannot stand in a format: %j', (text) => expect(() => parse(text)).toThrow(refused('MALFORMED')));

  it.each([
    ['a byte order mark', [0xef, 0xbb, 0xbf, 0x7b, 0x7d]],
    ['a stray continuation byte', [0x22, 0x80, 0x22]],
    ['an overlong slash', [0x22, 0xc0, 0xaf, 0x22]],
    ['an encoded surrogate', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['a code point beyond U+10FFFF', [0x22, 0xf4, 0x90, 0x80, 0x80, 0x22]],
    ['a cut sequence', [0x22, 0xe2, 0x82, 0x22]],
    ['UTF-16', [0x7b, 0x00, 0x7d, 0x00]],
  ])('%s', (_, bytes) => expect(() => parseBytes(...bytes)).toThrow(refused('MALFORMED')));
});

describe('LIMIT', () => {
  it('more bytes than allowed, whatever they are', () => {
    expect(parse('[1,2]', { maxBytes: 5 })).toEqual([1, 2]);
    expect(() => parse('[1,2] ', { maxBytes: 5 })).toThrow(refused('LIMIT'));
    expect(() => parse('xxxxxx', { maxBytes: 5 })).toThrow(refused('LIMIT'));
  });

  it('nesting', () => {
    const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
    expect(() => parse(nested(16))).not.toThrow();
    expect(() => parse(nested(17))).toThrow(refused('LIMIT'));
    expect(() => parse(`${'{"a":'.repeat(17)}1${'}'.repeat(17)}`)).toThrow(refused('LIMIT'));
    expect(() => parse('['.repeat(500_000))).toThrow(refused('LIMIT'));
    expect(() => parse(nested(3), { ...LIMITS, maxDepth: 3 })).not.toThrow();
    expect(() => parse(nested(4), { ...LIMITS, maxDepth: 3 })).toThrow(refused('LIMIT'));
  });

  it('more arrays and objects than any file of ours has', () => {
    const empties = (count: number) =>
      `[${Array(count - 1)
        .fill('{}')
        .join(',')}]`;
    expect(() => parse(empties(1024), { maxBytes: 4000 })).not.toThrow();
    expect(() => parse(empties(1025), { maxBytes: 4000 })).toThrow(refused('LIMIT'));
    expect(() => parse(empties(31_250))).not.toThrow();
    expect(() => parse(empties(31_251))).toThrow(refused('LIMIT'));
  });
});

describe('messages', () => {
  it('show nothing that moves the cursor', () => {
    for (const text of [
      '{"\\u001b[2J\\u202e":1,"\\u001b[2J\\u202e":2}',
      `{"${'x'.repeat(5000)}":1,"${'x'.repeat(5000)}":2}`,
    ]) {
      const { message } = catchError(() => parse(text));
      expect(message).toMatch(/^[ -~…]{10,400}$/);
    }
  });

  function catchError(work: () => unknown): Error {
    try {
      work();
    } catch (error) {
      return error as Error;
    }
    throw new Error('nothing was thrown');
  }
});
