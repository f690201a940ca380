import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalBytes, canonicalJson, parseCanonical } from './canonical-json.js';
import { isPlainText, type JsonObject, type JsonValue } from './json.js';

const LIMITS = { maxBytes: 100_000 };
const parse = (text: string) => parseCanonical(Buffer.from(text), 'the input', LIMITS);
const malformed = expect.objectContaining({ code: 'MALFORMED', hint: expect.any(String) });

const string = fc.string({ unit: 'binary' }).filter(isPlainText);
const { value } = fc.letrec<{ value: JsonValue; list: JsonValue; object: JsonObject }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.boolean(),
    fc.constant(null),
    fc.maxSafeNat(),
    string,
    tie('list'),
    tie('object'),
  ),
  list: fc.array(tie('value'), { maxLength: 5 }),
  object: fc.dictionary(string, tie('value'), { maxKeys: 5 }),
}));
const object = fc.dictionary(string, value, { maxKeys: 6 });

describe('canonicalJson', () => {
  it('orders members by UTF-16 code units, as in RFC 8785 §3.2.3', () => {
    const members = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 };
    expect(canonicalJson(members)).toBe('{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}');
  });

  it('escapes strings as in RFC 8785 §3.2.2.2', () => {
    expect(canonicalJson('\u20ac$\u000f\u000aA\'\u0042\u0022\u005c\\"/\b\t\f\r\u007f\u2028')).toBe(
      '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/\\b\\t\\f\\r\u007f\u2028"',
    );
  });

  it.each([
    [{}, '{}'],
    [[], '[]'],
    [[[], {}], '[[],{}]'],
    [{ b: [true, false, null], a: 0 }, '{"a":0,"b":[true,false,null]}'],
    [{ a: 2 ** 53 - 1 }, '{"a":9007199254740991}'],
    [{ a: -0 }, '{"a":0}'],
    [Object.fromEntries([['__proto__', 1]]), '{"__proto__":1}'],
    [{ 10: 1, 9: 2, 1: 3 }, '{"1":3,"10":1,"9":2}'],
  ] as [JsonValue, string][])('%j is %s', (input, text) => expect(canonicalJson(input)).toBe(text));

  it.each([-1, 0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY])('refuses the number %d', (number) => {
    expect(() => canonicalJson([number])).toThrow(malformed);
  });

  it.each(['\ud800', 'a\udc00', '\0', '\uffff', '\ufdd0', '\u{1fffe}'])('refuses the string %j', (text) => {
    expect(() => canonicalJson([text])).toThrow(malformed);
    expect(() => canonicalJson({ [text]: 1 })).toThrow(malformed);
  });

  it('is UTF-8 without mark and final newline', () => {
    expect(Buffer.from(canonicalBytes({ é: '😀' })).toString('hex')).toBe(Buffer.from('{"é":"😀"}').toString('hex'));
  });
});

describe('parseCanonical', () => {
  it('round trip: the value of canonical bytes has these bytes', () => {
    fc.assert(
      fc.property(object, (members) => {
        const bytes = canonicalBytes(members);
        const parsed = parseCanonical(bytes, 'the input', LIMITS);
        expect(parsed).toEqual(JSON.parse(canonicalJson(members), undefined) as JsonObject);
        expect(canonicalBytes(parsed)).toEqual(bytes);
      }),
    );
  });

  it('one value has one spelling: any other text of it is refused', () => {
    fc.assert(
      fc.property(object, fc.constantFrom(' ', '\n', '\t', '\ufeff'), fc.nat(), (members, insertion, place) => {
        const text = canonicalJson(members);
        const characters = [...text];
        const changed = characters.toSpliced(place % (characters.length + 1), 0, insertion).join('');
        let parsed: JsonObject;
        try {
          parsed = parse(changed);
        } catch (error) {
          expect(error).toEqual(malformed);
          return;
        }
        // Inside a string it is another value.
        expect(canonicalJson(parsed)).toBe(changed);
        expect(changed).not.toBe(text);
      }),
    );
  });

  it.each([
    '{"b":1,"a":2}',
    '{"a": 1}',
    '{ "a":1}',
    '{"a":1} ',
    ' {"a":1}',
    '{"a":1}\n',
    '{"a":"\\u0041"}',
    '{"a":"\\/"}',
    '{"a":"\\u00e9"}',
    '{"a":"\\u000A"}',
    '{"a":"\\u000a"}',
    '{"\\u0061":1}',
    '{"a":1,"a":1}',
    '{"a":1.0}',
    '{"a":1e0}',
    '{"a":-0}',
    '{"a":01}',
    '{"\ufb33":1,"😀":2}',
    '[]',
    '"a"',
    '1',
    'null',
    'true',
    '',
    '{"a":1}{"a":1}',
    '{"a":1}\0',
  ])('refuses %j', (text) => expect(() => parse(text)).toThrow(malformed));

  it('keeps the limits of the parser', () => {
    expect(() => parseCanonical(new Uint8Array(11), 'x', { maxBytes: 10 })).toThrow(
      expect.objectContaining({ code: 'LIMIT' }),
    );
  });
});
