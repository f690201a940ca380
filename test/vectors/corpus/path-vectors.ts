import type { Outcome } from '@weighbridge/core/outcome';
import { type Vector, vector } from './vector.js';

const LONG = 'a'.repeat(255);
/** 17 parts of 240 bytes and 16 slashes. */
const LONGEST = Array.from({ length: 17 }, () => 'b'.repeat(240)).join('/');

/** Lists of paths that may, or may not, stand in one manifest. `paths.json` is in ASCII: other characters are escaped. */
export function pathVectors(): Vector[] {
  return [...good(), ...places(), ...characters(), ...names(), ...twins()];
}

function good(): Vector[] {
  return [
    ok('plain', 'letters, digits and folders.', ['README.md', 'config.json', 'tokenizer/vocab.txt']),
    ok('hidden', 'a leading dot is no fault.', ['.hidden', 'a/.b/c']),
    ok('unicode', 'letters of other scripts, composed; a character beyond U+FFFF.', [
      '\u00e9.txt',
      '\u6a21\u578b/\u91cd\u307f.bin',
      '\u{1f9ee}.json',
    ]),
    ok('spaces_inside', 'spaces that end no part.', ['a b/c d.txt', ' x']),
    ok('dots_inside', 'dots that end no part.', ['a.b.c', '..a', '...b/c']),
    ok('gitattributes_at_the_top', 'hub folders have one: a file like any other.', ['.gitattributes', 'model.bin']),
    ok('weighbridge_below_the_top', 'only the first part is reserved.', [
      'a/.weighbridge/manifest.json',
      'weighbridge',
    ]),
    ok('part_of_255_bytes', 'the longest part.', [LONG]),
    ok('path_of_4096_bytes', 'the longest path.', [LONGEST]),
    ok('one_folder_twice', 'two files of one folder, spelled alike.', ['Sub/a', 'Sub/b']),
    ok('no_twins', 'names that begin alike, or differ by more than case.', [
      'a',
      'a-b',
      'a.b',
      'a1/b',
      'ab',
      'b-a/a',
      'b/A1',
      'b/a',
      'b/a2/c',
      'b/aa',
    ]),
    ok('last_of_unicode_15', 'a character that Unicode 15.0 added.', ['\u{1faf8}.txt']),
  ];
}

function places(): Vector[] {
  return [
    bad('empty', 'no path at all.', ['']),
    bad('absolute', 'a path from the root.', ['/etc/passwd']),
    bad('climbing', 'a path that leaves the folder.', ['../model.bin']),
    bad('climbing_in_the_middle', 'a path that leaves a folder and comes back.', ['a/../model.bin']),
    bad('climbing_at_the_end', 'a path that ends in two dots.', ['a/..']),
    bad('dot_part', 'a part that is a dot.', ['./model.bin']),
    bad('empty_part', 'two slashes in a row.', ['a//b']),
    bad('final_slash', 'a path that ends in a slash.', ['a/']),
    bad('backslash', 'what Windows takes for a folder.', ['a\\b']),
    bad('colon', 'what Windows takes for a drive or a stream.', ['model.bin:evil']),
    bad('part_of_256_bytes', 'a part that is too long for a file system.', [`${LONG}a`]),
    bad('part_of_256_bytes_in_86_characters', 'the length counts in bytes of UTF-8.', [`${'\u6a21'.repeat(85)}a`]),
    bad('path_of_4097_bytes', 'a path that is too long.', [`${LONGEST}b`]),
  ];
}

function characters(): Vector[] {
  return [
    bad('nul', 'U+0000.', ['a\u0000b']),
    bad('line_feed', 'a line feed.', ['a\nb']),
    bad('escape', 'a terminal escape.', ['\u001b[2Ka']),
    bad('delete', 'U+007F.', ['a\u007f']),
    bad('c1_control', 'U+0085, a line break to some.', ['a\u0085b']),
    bad('zero_width_space', 'U+200B, which nobody sees.', ['a\u200bb']),
    bad('soft_hyphen', 'U+00AD, which nobody sees.', ['a\u00adb']),
    bad('right_to_left_override', 'U+202E, which turns the rest around.', ['a\u202etxt.exe']),
    bad('byte_order_mark', 'U+FEFF.', ['\ufeffa']),
    bad('line_separator', 'U+2028.', ['a\u2028b']),
    bad('paragraph_separator', 'U+2029.', ['a\u2029b']),
    bad('private_use', 'U+E000, which means what everybody wants.', ['\ue000']),
    bad('tag', 'U+E0041, a tag that nobody sees.', ['a\u{e0041}']),
    bad('lone_surrogate', 'half of a character.', ['a\ud800']),
    bad('noncharacter', 'U+FFFF.', ['a\uffff']),
    bad('unassigned', 'U+0378, which is no character.', ['\u0378']),
    bad('assigned_after_15', 'U+1C89, a letter that came with Unicode 16.0: every device gives the same answer.', [
      '\u1c89',
    ]),
    bad('decomposed', 'e and an accent, where one character is meant.', ['e\u0301.txt']),
    bad('angstrom_sign', 'U+212B, which NFC spells as another character.', ['\u212b']),
  ];
}

function names(): Vector[] {
  return [
    bad('part_ending_in_a_dot', 'a part that Windows spells without its last dot.', ['a./b']),
    bad('part_ending_in_a_space', 'a part that Windows spells without its last space.', ['a /b']),
    bad('three_dots', 'a part of dots alone ends in a dot.', ['.../b']),
    bad('git', 'a folder that Git would obey.', ['.git/config']),
    bad('git_in_capitals', 'the same on a file system that folds case.', ['sub/.GIT/hooks/post-checkout']),
    bad('gitmodules', 'a file that Git would obey.', ['.gitmodules']),
    bad('lfsconfig', 'a file that Git LFS would obey.', ['sub/.lfsConfig']),
    bad('gitattributes_below_the_top', 'only the one at the top is allowed.', ['sub/.gitattributes']),
    bad('gitattributes_in_another_case', 'only the one spelling is allowed.', ['.GitAttributes']),
    bad('gitattributes_as_a_folder', 'only the file is allowed.', ['.gitattributes/a']),
    bad('weighbridge', 'the folder that is no part of a release.', ['.weighbridge/manifest.json']),
    bad('weighbridge_in_capitals', 'the same on a file system that folds case.', ['.WeighBridge/a']),
    bad('weighbridge_as_a_file', 'a file in the place of that folder.', ['.weighbridge']),
  ];
}

function twins(): Vector[] {
  return [
    bad('twice', 'one path twice.', ['a', 'a']),
    bad('twins_by_case', 'two paths that differ by case.', ['Model.bin', 'model.bin']),
    bad('folder_twins', 'two folders that differ by case, with different files.', ['Sub/a', 'sub/b']),
    bad('deep_folder_twins', 'folders that differ by case further down.', ['x/Y/z/a', 'x/y/z/b']),
    bad('file_and_folder', 'one name as file and as folder.', ['a', 'a/b']),
    bad('file_and_folder_by_case', 'one name as file and, in another case, as folder.', ['A', 'a/b']),
    bad(
      'file_and_folder_with_others_between',
      'other names stand between the file and its folder when both are sorted.',
      ['sub', 'sub-x', 'sub.y', 'sub/a'],
    ),
    bad('twins_far_apart', 'two folders that differ by case, and many names between them.', [
      'Sub/z',
      'Sub1',
      'a',
      'm/n',
      'sub-a',
      'sub/a',
    ]),
    bad('sharp_s', 'a sharp s and two of them are one in capitals.', ['stra\u00dfe', 'strasse']),
    bad('capital_sharp_s', 'the capital sharp s and the small one.', ['\u1e9e', '\u00df']),
    bad('long_s', 'the long s is an S in capitals.', ['\u017f', 's']),
    bad('dotless_i', 'the dotless i is an I in capitals.', ['\u0131', 'i']),
    bad('dotted_i', 'the capital I with a dot, and a small i with a dot over its dot.', ['\u0130', 'i\u0307']),
    bad('ligature', 'the ligature of f and i is both of them in capitals.', ['\ufb01le', 'file']),
    bad('final_sigma', 'the final sigma and the other one are one in capitals.', ['\u03c2', '\u03c3']),
    bad('greek_accents', 'two spellings of one capital Greek letter.', ['\u1f80', '\u1f88']),
    bad('cherokee', 'small and capital letters of a script whose small ones came late.', ['\uab70', '\u13a0']),
  ];
}

function ok(name: string, says: string, paths: readonly string[]): Vector {
  return list(name, 'OK', says, paths);
}

function bad(name: string, says: string, paths: readonly string[]): Vector {
  return list(name, 'MALFORMED', says, paths);
}

function list(name: string, outcome: Outcome, says: string, paths: readonly string[]): Vector {
  return vector('paths', name, outcome, { says, files: { 'paths.json': `${ascii(JSON.stringify(paths))}\n` } });
}

function ascii(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
