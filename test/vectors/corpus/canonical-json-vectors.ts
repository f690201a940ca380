import { type Vector, vector } from './vector.js';

/** Bytes that are, or are not, the one canonical spelling of an object (RFC 8785, with integers alone). */
export function canonicalJsonVectors(): Vector[] {
  return [...good(), ...spelling(), ...numbers(), ...strings(), ...bytes()];
}

function good(): Vector[] {
  return [
    ok('empty_object', 'nothing in it.', '{}'),
    ok(
      'all_kinds',
      'every kind of value that our formats hold.',
      '{"a":[],"b":{},"c":true,"d":false,"e":null,"f":0,"g":"","h":[1,"x",{"y":[]}]}',
    ),
    ok('largest_integer', '2^53 − 1.', '{"n":9007199254740991}'),
    ok(
      'sorted_by_utf16',
      'members sorted by UTF-16 code units: U+1F600 stands before U+FB33.',
      '{"\\r":1,"1":2,"\u0080":3,"\u00f6":4,"\u20ac":5,"\u{1f600}":6,"\ufb33":7}',
    ),
    ok(
      'escapes',
      'the escapes that RFC 8785 wants, and no others.',
      '{"s":"\\b\\t\\n\\f\\r\\"\\\\/\\u0001\\u001f\u007f\u2028\u00e9"}',
    ),
    ok('proto', 'a member called `__proto__` is a member like any other.', '{"__proto__":{"a":1},"constructor":2}'),
    ok('numbers_as_names', 'names that look like numbers are sorted as texts.', '{"10":1,"9":2}'),
  ];
}

function spelling(): Vector[] {
  return [
    bad('empty', 'no bytes.', ''),
    bad('list', 'a list in the place of the object.', '[]'),
    bad('null', 'null in the place of the object.', 'null'),
    bad('text', 'a text in the place of the object.', '"x"'),
    bad('number', 'a number in the place of the object.', '1'),
    bad('unsorted', 'members in another order.', '{"b":1,"a":2}'),
    bad(
      'unsorted_by_code_points',
      'members sorted by code points: U+FB33 before U+1F600.',
      '{"\ufb33":1,"\u{1f600}":2}',
    ),
    bad('unsorted_numbers', 'names that look like numbers, sorted as numbers.', '{"9":1,"10":2}'),
    bad('space', 'a space after a colon.', '{"a": 1}'),
    bad('line_feed_at_the_end', 'a final line feed.', '{"a":1}\n'),
    bad('tab_at_the_beginning', 'a tab before the object.', '\t{"a":1}'),
    bad('twice', 'one member twice.', '{"a":1,"a":1}'),
    bad('twice_by_escape', 'one member twice, once in disguise.', '{"a":1,"\\u0061":2}'),
    bad('twice_deep', 'one member twice, further down.', '{"a":[{"b":1,"b":2}]}'),
    bad('proto_twice', 'a member called `__proto__` twice.', '{"__proto__":1,"__proto__":2}'),
    bad('comma_at_the_end', 'a comma after the last member.', '{"a":1,}'),
    bad('comma_missing', 'no comma between members.', '{"a":1"b":2}'),
    bad('unclosed', 'no end.', '{"a":[1'),
    bad('second_value', 'something after the end.', '{}{}'),
    bad('single_quotes', 'single quotation marks.', "{'a':1}"),
    bad('no_quotes', 'a name without quotation marks.', '{a:1}'),
    bad('comment', 'a comment.', '{"a":1/*x*/}'),
    bad('word', 'a word that JSON does not have.', '{"a":undefined}'),
    bad('word_in_capitals', 'a word in capitals.', '{"a":True}'),
    vector('canonical-json', 'deep', 'LIMIT', {
      says: '5,000 lists inside each other.',
      files: { 'input.json': `{"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}` },
    }),
  ];
}

function numbers(): Vector[] {
  const one = (name: string, says: string, number: string) => bad(`number_${name}`, says, `{"n":${number}}`);
  return [
    one('negative', 'below zero.', '-1'),
    one('negative_zero', 'zero with a sign.', '-0'),
    one('plus', 'a plus.', '+1'),
    one('leading_zero', 'a leading zero.', '01'),
    one('fraction', 'a fraction.', '0.5'),
    one('fraction_of_zero', 'an integer with a point.', '1.0'),
    one('exponent', 'an exponent.', '1e3'),
    one('beyond', '2^53.', '9007199254740992'),
    one('far_beyond', 'more digits than a float holds.', '18446744073709551616'),
    one('hex', 'another base.', '0x10'),
    one('nan', 'no number.', 'NaN'),
    one('infinity', 'no number.', 'Infinity'),
  ];
}

function strings(): Vector[] {
  const one = (name: string, says: string, text: string) => bad(`string_${name}`, says, `{"s":"${text}"}`);
  return [
    one('needless_escape', 'a letter as an escape.', '\\u0061'),
    one('escaped_slash', 'a slash as an escape.', '\\/'),
    one('escape_in_capitals', 'an escape with capital digits.', '\\u001F'),
    one('long_escape', 'a line feed in the long spelling.', '\\u000a'),
    one('escaped_letter', 'a letter beyond ASCII as an escape.', '\\u00e9'),
    one('nul', 'U+0000.', '\\u0000'),
    one('lone_surrogate', 'the first half of a character.', '\\ud800'),
    one('lone_low_surrogate', 'the second half of a character.', '\\udc00'),
    one('surrogates_swapped', 'two halves in the wrong order.', '\\udc00\\ud800'),
    one('noncharacter', 'U+FFFE.', '\ufffe'),
    one('noncharacter_far_up', 'U+10FFFF.', '\u{10ffff}'),
    one('raw_line_feed', 'a line feed as it is.', '\n'),
    one('unknown_escape', 'an escape that JSON does not have.', '\\x41'),
    one('short_escape', 'an escape with three digits.', '\\u061'),
    bad('string_noncharacter_in_a_name', 'U+FDD0 in the name of a member.', '{"\ufdd0":1}'),
  ];
}

function bytes(): Vector[] {
  const raw = (name: string, says: string, ...list: number[]) =>
    bad(name, says, Uint8Array.of(0x7b, 0x22, 0x73, 0x22, 0x3a, 0x22, ...list, 0x22, 0x7d));
  return [
    bad('byte_order_mark', 'a byte order mark.', '\ufeff{"a":1}'),
    bad('utf16', 'UTF-16.', new Uint8Array(Buffer.from('{"a":1}', 'utf16le'))),
    raw('stray_byte', 'a byte that begins nothing.', 0xff),
    raw('overlong', 'a slash in two bytes.', 0xc0, 0xaf),
    raw('surrogate_in_utf8', 'half of a character in three bytes.', 0xed, 0xa0, 0x80),
    raw('cut_character', 'the first two bytes of three.', 0xe2, 0x82),
    raw('beyond_unicode', 'a character beyond U+10FFFF.', 0xf4, 0x90, 0x80, 0x80),
  ];
}

function ok(name: string, says: string, text: string): Vector {
  return vector('canonical-json', name, 'OK', { says, files: { 'input.json': text } });
}

function bad(name: string, says: string, text: string | Uint8Array): Vector {
  return vector('canonical-json', name, 'MALFORMED', { says, files: { 'input.json': text } });
}
