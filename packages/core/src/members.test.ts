import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type JsonValue, parseJson } from './json.js';
import { compareUtf8, isSortedSet, Members } from './members.js';

const malformed = expect.objectContaining({ code: 'MALFORMED', hint: expect.any(String) });
const membersOf = (value: JsonValue, place?: string) => Members.of(value, 'the file', place);

describe('Members', () => {
  it('reads each member by its type', () => {
    const members = membersOf({
      s: 'x',
      b: false,
      i: 5,
      d: 'a'.repeat(128),
      h: 'b'.repeat(64),
      w: 'two',
      p: '12',
      o: { x: 1 },
      l: [1, 2],
    });
    expect(members.string('s')).toBe('x');
    expect(members.boolean('b')).toBe(false);
    expect(members.integer('i', 5, 5)).toBe(5);
    expect(members.digest('d')).toBe('a'.repeat(128));
    expect(members.hash32('h')).toBe('b'.repeat(64));
    expect(members.word('w', 'one', 'two')).toBe('two');
    expect(members.parsed('p', 'a number', Number)).toBe(12);
    expect(members.object('o').integer('x')).toBe(1);
    expect(members.list('l', (item, place) => `${place}=${item}`)).toEqual(['l[0]=1', 'l[1]=2']);
    expect(() => members.done()).not.toThrow();
  });

  it.each([
    ['string', 1],
    ['string', null],
    ['boolean', 'true'],
    ['boolean', 0],
    ['integer', '1'],
    ['integer', 0.5],
    ['integer', 2 ** 53],
    ['integer', -1],
    ['digest', 'a'.repeat(127)],
    ['digest', 'a'.repeat(64)],
    ['digest', 'A'.repeat(128)],
    ['digest', `0x${'a'.repeat(126)}`],
    ['digest', null],
    ['hash32', 'a'.repeat(63)],
    ['hash32', 'F'.repeat(64)],
    ['object', []],
    ['object', null],
    ['object', 'x'],
  ] as const)('no %s: %j', (method, value) => {
    expect(() => membersOf({ a: value as JsonValue })[method]('a')).toThrow(malformed);
  });

  it('refuses integers out of bounds, unknown words, what a parser refuses, what is no list', () => {
    expect(() => membersOf({ a: 4 }).integer('a', 5)).toThrow(malformed);
    expect(() => membersOf({ a: 6 }).integer('a', 0, 5)).toThrow(malformed);
    expect(() => membersOf({ a: 'three' }).word('a', 'one', 'two')).toThrow(malformed);
    expect(() => membersOf({ a: 'x' }).parsed('a', 'a y', () => undefined)).toThrow(malformed);
    expect(() => membersOf({ a: {} }).list('a', String)).toThrow(malformed);
  });

  it.each([null, 1, 'x', true, [], [{}]] as JsonValue[])('%j is no object', (value) => {
    expect(() => membersOf(value)).toThrow(malformed);
  });

  it('names the place of an absent, a wrong and an unknown member', () => {
    expect(() => membersOf({}).string('a')).toThrow('lacks the member a');
    expect(() => membersOf({ a: 1 }, 'files[3]').string('a')).toThrow('files[3].a');
    const members = membersOf({ o: { known: 1, unknown: 2 } }).object('o');
    members.integer('known');
    expect(() => members.done()).toThrow('the unknown member o.unknown');
  });

  it('takes nothing from the prototype', () => {
    for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
      expect(membersOf({}).has(name)).toBe(false);
      expect(() => membersOf({}).value(name)).toThrow(malformed);
    }
    const parsed = parseJson(Buffer.from('{"__proto__":{"a":1}}'), 'the file', { maxBytes: 100 });
    expect(() => membersOf(parsed).string('a')).toThrow(malformed);
    expect(() => membersOf(parsed).done()).toThrow(malformed);
  });

  it('shows hostile names escaped', () => {
    expect(() => membersOf({ '\u001b[2J': 1 }).done()).toThrow('\\u{1b}[2J');
    expect(() => membersOf({ ['x'.repeat(9999)]: 1 }).done()).toThrow(/^.{1,400}$/);
  });

  it('tells absent from null', () => {
    const members = membersOf({ a: null });
    expect(members.has('a')).toBe(true);
    expect(members.value('a')).toBeNull();
    expect(members.has('b')).toBe(false);
    expect(members.names()).toEqual(['a']);
  });
});

describe('compareUtf8', () => {
  const text = fc.string({ unit: 'binary', maxLength: 6 }).filter((candidate) => candidate.isWellFormed());

  it('is the order of the bytes', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        expect(Math.sign(compareUtf8(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['\uffee', '\u{10000}'],
    ['\ud7ff', '\ue000'],
    ['\ue000', '\u{10ffff}'],
    ['\u{1f600}', '\u{1f601}'],
    ['a', 'a/b'],
    ['a b', 'a/b'],
    ['Z', 'a'],
    ['', 'a'],
  ])('%j before %j', (a, b) => {
    expect(compareUtf8(a, b)).toBeLessThan(0);
    expect(compareUtf8(b, a)).toBeGreaterThan(0);
    expect(compareUtf8(a, a)).toBe(0);
  });
});

describe('isSortedSet', () => {
  it.each([
    [[], true],
    [['a'], true],
    [['a', 'b'], true],
    [['\uffee', '\u{10000}'], true],
    [['b', 'a'], false],
    [['a', 'a'], false],
    [['a', 'c', 'b'], false],
    [['\u{10000}', '\uffee'], false],
  ])('%j: %j', (items, expected) => expect(isSortedSet(items)).toBe(expected));
});
