import type { RelativePath } from './brands.js';
import { WeighbridgeError } from './errors.js';
import { PATH_CODE_POINT_STEPS } from './unicode-15.js';

const PART_BYTES = 255;
const PATH_BYTES = 4096;
const GIT_NAMES = new Set(['.git', '.gitmodules', '.gitattributes', '.lfsconfig']);

/** The one folder at the top of a release that is not part of it. */
export const METADATA_FOLDER = '.weighbridge';

/**
 * manifest-v1 §3: why a path is not safe and portable; undefined when it is.
 * Decided by Unicode 15.0 alone, so that every device gives the same answer.
 */
export function pathProblem(path: string): string | undefined {
  if (path === '') return 'is empty';
  if (!path.isWellFormed()) return 'is not valid Unicode';
  if (Buffer.byteLength(path) > PATH_BYTES) return `is longer than ${PATH_BYTES} bytes`;
  if (![...path].every((character) => isAllowed(character.codePointAt(0)!))) {
    return 'has a control, format, private or unassigned character';
  }
  if (path.normalize('NFC') !== path) return 'is not in Unicode normalization form C';
  if (path.includes('\\')) return 'has a backslash';
  if (path.includes(':')) return 'has a colon';
  const parts = path.split('/');
  if (parts[0]!.toLowerCase() === METADATA_FOLDER) return `begins with ${METADATA_FOLDER}, which is no part of a release`;
  if (path === '.gitattributes') return undefined;
  for (const part of parts) {
    const problem = partProblem(part);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

export function isRelativePath(path: string): path is RelativePath {
  return pathProblem(path) === undefined;
}

/** A path as it is shown to people: control and format characters escaped, so that a name cannot move the cursor. */
export function showPath(path: string): string {
  return path.replace(/[\p{C}\p{Zl}\p{Zp}\\]/gu, (character) =>
    character === '\\' ? '\\\\' : `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
}

/** Two paths that fold to the same text would be one file on some device. */
export function foldPath(path: string): string {
  return path.normalize('NFC').toLowerCase().toUpperCase();
}

/**
 * manifest-v1 §3.7: no two paths, nor folders of paths, differ only by case or normalization.
 * @throws MALFORMED naming both spellings
 */
export function requireNoTwins(paths: readonly string[]): void {
  const spellings = new Map<string, { spelling: string; isFile: boolean }>();
  for (const path of paths) {
    for (const prefix of prefixesOf(path)) {
      const isFile = prefix === path;
      const fold = foldPath(prefix);
      const known = spellings.get(fold);
      if (known !== undefined && (known.spelling !== prefix || known.isFile || isFile)) throw twins(known.spelling, prefix);
      spellings.set(fold, { spelling: prefix, isFile });
    }
  }
}

function prefixesOf(path: string): string[] {
  const parts = path.split('/');
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'));
}

function twins(a: string, b: string): WeighbridgeError {
  return new WeighbridgeError('MALFORMED', `${showPath(a)} and ${showPath(b)} would be one file on some devices`, {
    hint: 'rename one of them, so that they differ by more than case or normalization',
    details: { file: b },
  });
}

function partProblem(part: string): string | undefined {
  if (part === '') return 'has an empty part (it is absolute, ends in a slash, or has two in a row)';
  if (part === '.' || part === '..') return 'has a . or .. part';
  if (part.endsWith('.') || part.endsWith(' ')) return 'has a part that ends in a dot or space';
  if (Buffer.byteLength(part) > PART_BYTES) return `has a part longer than ${PART_BYTES} bytes`;
  if (GIT_NAMES.has(part.toLowerCase())) return `has the part ${part}, which Git would obey`;
  return undefined;
}

let borders: Uint32Array | undefined;

/** Whether Unicode 15.0 assigned the code point to something visible: binary search over the borders. */
function isAllowed(codePoint: number): boolean {
  if (codePoint >= 0x20 && codePoint < 0x7f) return true;
  borders ??= bordersOf(PATH_CODE_POINT_STEPS);
  let low = 0;
  let high = borders.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (borders[middle]! <= codePoint) low = middle + 1;
    else high = middle;
  }
  return low % 2 === 0;
}

function bordersOf(steps: string): Uint32Array {
  let at = 0;
  return Uint32Array.from(steps.trim().split(' '), (step) => {
    at += Number.parseInt(step, 36);
    return at;
  });
}
