import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpuSeconds } from '../../../test/support/cpu-seconds.js';
import { foldPath, pathProblem, requireNoTwins, showPath } from './paths.js';
import { PATH_CODE_POINT_STEPS } from './unicode-15.js';

const malformed = expect.objectContaining({ code: 'MALFORMED', hint: expect.any(String) });

describe('pathProblem', () => {
  it.each([
    'a',
    'a/b/c.txt',
    'model-00001-of-00002.safetensors',
    'a b.txt',
    ' leading',
    '.hidden',
    '..a',
    'a..b',
    '...a',
    'é.txt',
    '日本語/模型.bin',
    '한국어',
    'العربية',
    '😀',
    'a\u00a0b',
    '~',
    'con',
    'a*?"<>|',
    '-rf',
    '$HOME',
    'x'.repeat(255),
    `${'é'.repeat(127)}x`,
    Array(16).fill('x'.repeat(255)).join('/'),
    'gitattributes',
    '.gitattributes',
    '.gitignore',
    '.github/x',
    'a/.gitkeep',
    'a.git',
    '.weighbridge2',
    'a/.weighbridge',
    'weighbridge',
  ])('%j is fine', (path) => expect(pathProblem(path)).toBeUndefined());

  it.each([
    ['§3.1 parts', ['', '/', '/a', 'a/', 'a//b', '.', '..', './a', 'a/.', 'a/./b', '../a', 'a/..', 'a/../b', '/../a']],
    [
      '§3.2 lengths',
      ['x'.repeat(256), 'é'.repeat(128), `a/${'x'.repeat(256)}`, `${Array(16).fill('x'.repeat(255)).join('/')}/x`],
    ],
    [
      '§3.3 characters',
      ['a\0', 'a\nb', '\u001b[2J', 'a\u007f', 'a\u0085', 'a\u200bb', 'a\u200d', 'a\u202eb', '\ufeffa', 'a\u00ad'],
    ],
    [
      '§3.3 separators, private and unassigned',
      ['a\u2028b', 'a\u2029', '\ue000', '\u{f0000}', '\u{10fffd}', '\u0378', '\uffff', '\ufdd0'],
    ],
    ['§3.3 surrogates', ['\ud800', 'a\udc00b', '\ude00\ud83d']],
    ['§3.3 not form C', ['e\u0301.txt', '\u212b', '\u1112\u1161\u11ab', 'a/\u0344', '\u2126', '\u{2f800}']],
    ['§3.4 backslash and colon', ['a\\b', '\\', 'c:', 'c:/x', 'a:b', 'a/b:stream']],
    [
      '§3.5 endings',
      ['a.', 'a ', 'a./b', 'a /b', 'x/a.', 'x/a ', '...', ' ', 'a/ /b', '.gitattributes.', '.weighbridge '],
    ],
    [
      '§3.6 names of Git',
      [
        '.git',
        '.GIT',
        '.Git/config',
        'a/.git',
        'a/.gIt/b',
        '.gitmodules',
        'A/.GitModules',
        '.lfsconfig',
        '.LFSCONFIG/x',
      ],
    ],
    [
      '§3.6 .gitattributes but at the top',
      ['a/.gitattributes', '.gitattributes/x', '.GitAttributes', '.GITATTRIBUTES', 'a/.GITATTRIBUTES/b'],
    ],
    ['§3.6 names that fold to those', ['.gitmodule\u017f', 'a/.gitmodule\u017f', '.g\u0131t', '.lfsconf\u0131g']],
    [
      '§3.6 .weighbridge at the top',
      ['.weighbridge', '.weighbridge/x', '.WEIGHBRIDGE', '.WeighBridge/a/b', '.we\u0131ghbridge'],
    ],
  ] as const)('%s', (_, paths) => {
    for (const path of paths) expect([path, pathProblem(path)]).toEqual([path, expect.any(String)]);
  });

  describe('Unicode 15.0 alone decides', () => {
    it.each([
      ['15.0: Kawi letter', 0x11f04],
      ['15.0: wireless', 0x1f6dc],
      ['15.0: the last of CJK extension H', 0x323af],
      ['14.0', 0x1fae0],
      ['3.1', 0x20000],
      ['the first letter', 0x41],
      ['no-break space', 0xa0],
      ['replacement character', 0xfffd],
    ])('%s is assigned', (_, codePoint) => expect(pathProblem(String.fromCodePoint(codePoint))).toBeUndefined());

    it.each([
      ['15.1: CJK extension I', 0x2ebf0],
      ['15.1: the last of CJK extension I', 0x2ee5d],
      ['15.1: ideographic description', 0x2ffc],
      ['16.0: Cyrillic Tje', 0x1c89],
      ['16.0: Latin', 0xa7cb],
      ['16.0: Garay', 0x10d40],
      ['16.0: emoji', 0x1fae9],
      ['17.0', 0x1faea],
      ['never', 0x40000],
      ['the last code point', 0x10ffff],
    ])('%s is not', (_, codePoint) => expect(pathProblem(String.fromCodePoint(codePoint))).toEqual(expect.any(String)));

    it('agrees with the table on every code point', () => {
      const wrong: string[] = [];
      const isAllowed = allowedCodePoints();
      for (let codePoint = 0; codePoint < 0x110000; codePoint += 1) {
        const character = String.fromCodePoint(codePoint);
        if (character.normalize('NFC') !== character || '/\\: .'.includes(character)) continue;
        if ((pathProblem(character) === undefined) !== (isAllowed[codePoint] === 1)) wrong.push(codePoint.toString(16));
      }
      expect(wrong).toEqual([]);
    });

    /** The plain reading of the table. */
    function allowedCodePoints(): Uint8Array {
      const isAllowed = new Uint8Array(0x110000);
      let from = 0;
      let value = 1;
      for (const step of PATH_CODE_POINT_STEPS.split(' ')) {
        const border = from + Number.parseInt(step, 36);
        isAllowed.fill(value, from, border);
        from = border;
        value = 1 - value;
      }
      return isAllowed.fill(value, from);
    }
  });
});

describe('requireNoTwins', () => {
  it.each([
    [[]],
    [['a']],
    [['a', 'b']],
    [['a/x', 'a/y', 'b/x']],
    [['a', 'a.b', 'a b', 'ab/c']],
    [['a/b', 'a-b', 'a.b/c']],
    [['sub/a', 'sub/b', 'sub/c/d', 'sub/c/e']],
    [['a/b/c', 'b/c', 'c']],
    [['é', 'e']],
    [['i', 'j/I']],
  ])('%j is fine', (paths) => expect(() => requireNoTwins(paths)).not.toThrow());

  it.each([
    [['a', 'A']],
    [['a', 'a']],
    [['Sub/a', 'sub/b']],
    [['x/Sub/a', 'x/y', 'x/sub/b']],
    [['a/b/c', 'A/b/d']],
    [['a/B/c', 'a/b/d']],
    [['é', 'É']],
    [['é', 'e\u0301']],
    [['straße', 'STRASSE']],
    [['ﬁle', 'FILE']],
    [['σ', 'ς']],
    [['ΑΣ', 'ας', 'b']],
    [['i', '\u0131']],
    [['s', '\u017f']],
    [['\u01c5', '\u01c6']],
    [['a', 'a/b']],
    [['a', 'A/b']],
    [['a/b/c', 'a/b']],
    [['a', 'a!', 'a b', 'a-', 'A/x']],
    [['a', 'a\u{10400}', 'a\u{10428}']],
  ])('%j is MALFORMED', (paths) => {
    expect(() => requireNoTwins(paths)).toThrow(malformed);
    expect(() => requireNoTwins(paths.toReversed())).toThrow(malformed);
  });

  it('names both spellings', () => {
    expect(() => requireNoTwins(['weights/Sub/a.bin', 'weights/sub/b.bin'])).toThrow(/weights\/Sub and weights\/sub /);
  });

  it('finds what comparing every pair of folders finds', () => {
    const part = fc.constantFrom('a', 'A', 'b', 'a.', 'a-', 'ä', 'Ä', 'ab');
    const path = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
    fc.assert(
      fc.property(fc.uniqueArray(path, { maxLength: 6 }), (paths) => {
        const run = () => requireNoTwins(paths);
        if (hasTwins(paths)) expect(run).toThrow(malformed);
        else expect(run).not.toThrow();
      }),
      { numRuns: 3000 },
    );
  });

  function hasTwins(paths: readonly string[]): boolean {
    const kinds = new Map<string, string>();
    for (const path of paths) {
      const parts = path.split('/');
      for (let count = 1; count <= parts.length; count += 1) {
        const prefix = parts.slice(0, count).join('/');
        const kind = `${prefix} ${count === parts.length ? 'file' : 'folder'}`;
        const known = kinds.get(foldPath(prefix));
        if (known !== undefined && known !== kind) return true;
        kinds.set(foldPath(prefix), kind);
      }
    }
    return false;
  }
});

describe('speed and memory that hostile lists cannot spoil', () => {
  it('35,000 paths in about a second', () => {
    const paths = Array.from(
      { length: 35_000 },
      (_, index) => `weights/layer-${index % 97}/shard-é-${index}.safetensors`,
    );
    const seconds = cpuSeconds(() => {
      expect(paths.every((path) => pathProblem(path) === undefined)).toBe(true);
      requireNoTwins(paths);
    });
    expect(seconds).toBeLessThan(3);
  });

  it.each([
    ['apart', (index: number) => `${index}${'/x'.repeat(2000)}`],
    ['alike but for the end', (index: number) => `${'x/'.repeat(2000)}${index}`],
  ])('16 MiB of paths of 2,000 parts, %s', (_, pathOf) => {
    const paths = Array.from({ length: 4000 }, (_, index) => pathOf(index));
    expect(cpuSeconds(() => requireNoTwins(paths))).toBeLessThan(10);
  });
});

describe('showPath', () => {
  it('escapes what moves the cursor, and never cuts a valid path', () => {
    expect(showPath('a\u001b[2J\nb\u202e')).toBe('a\\u{1b}[2J\\u{a}b\\u{202e}');
    const longest = `${Array(16).fill('x'.repeat(255)).join('/')}`;
    expect(showPath(longest)).toBe(longest);
    expect(showPath('x'.repeat(1_000_000)).length).toBe(4097);
  });
});
