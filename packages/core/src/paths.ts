import { WeighbridgeError } from './errors.js';
import { showText } from './show-text.js';
import { PATH_CODE_POINT_STEPS } from './unicode-15.js';

const PART_BYTES = 255;
const PATH_BYTES = 4096;
/** Below every character that a path may hold. */
const SEPARATOR = '\0';
const PRINTABLE_ASCII = /^[ -~]*$/;

/** The one folder at the top of a release that is not part of it. */
export const METADATA_FOLDER = '.weighbridge';

// Compared folded, as twins are: file systems that fold case by Unicode take `.gitmodule` with a U+017F for Git's own.
const GIT_NAMES = new Set(['.git', '.gitmodules', '.gitattributes', '.lfsconfig'].map(foldPath));
const FOLDED_METADATA_FOLDER = foldPath(METADATA_FOLDER);

/**
 * manifest-v1 §3: why a path is not safe and portable; undefined when it is.
 * Decided by Unicode 15.0 alone, so that every device gives the same answer.
 */
export function pathProblem(path: string): string | undefined {
  if (path === '') return 'is empty';
  return characterProblem(path) ?? partsProblem(path);
}

/** manifest-v1 §3.2 to §3.4. */
function characterProblem(path: string): string | undefined {
  if (Buffer.byteLength(path) > PATH_BYTES) return `is longer than ${PATH_BYTES} bytes`;
  if (path.includes('\\')) return 'has a backslash';
  if (path.includes(':')) return 'has a colon';
  if (PRINTABLE_ASCII.test(path)) return undefined;
  if (!path.isWellFormed()) return 'is not valid Unicode';
  if (![...path].every((character) => isAllowed(character.codePointAt(0)!))) {
    return 'has a control, format, private or unassigned character';
  }
  return path.normalize('NFC') === path ? undefined : 'is not in Unicode normalization form C';
}

/** manifest-v1 §3.1, §3.2, §3.5 and §3.6. */
function partsProblem(path: string): string | undefined {
  const parts = path.split('/');
  if (foldPath(parts[0]!) === FOLDED_METADATA_FOLDER)
    return `begins with ${METADATA_FOLDER}, which is no part of a release`;
  if (path === '.gitattributes') return undefined;
  for (const part of parts) {
    const problem = partProblem(part);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** A path as it is shown to people; a valid one is never cut. */
export function showPath(path: string): string {
  return showText(path, PATH_BYTES);
}

/** manifest-v1 §3.8: two paths that fold to the same text would be one file on some device. */
export function foldPath(path: string): string {
  return PRINTABLE_ASCII.test(path) ? path.toUpperCase() : path.normalize('NFC').toLowerCase().toUpperCase();
}

/**
 * manifest-v1 §3.7: no two paths, nor folders of paths, differ only by case or normalization, and no path is
 * a folder of another.
 * @throws MALFORMED naming both spellings
 */
export function requireNoTwins(paths: readonly string[]): void {
  // With the lowest character between its parts, a folder's paths stand in one run, right after the folder's own
  // name: comparing neighbors is enough, and memory stays that of the paths. (replaceAll would build ropes that are
  // slow to compare: 17 s against 1 s for 16 MiB of the worst paths.)
  const folded = paths.map((path): FoldedPath => ({ path, fold: foldPath(path).split('/').join(SEPARATOR) }));
  folded.sort((a, b) => (a.fold < b.fold ? -1 : Number(a.fold > b.fold)));
  for (let index = 1; index < folded.length; index += 1) requireDistinct(folded[index - 1]!, folded[index]!);
}

interface FoldedPath {
  readonly path: string;
  readonly fold: string;
}

/** Two neighbors: as far as they fold alike they must be spelled alike, and neither may end there. */
function requireDistinct(a: FoldedPath, b: FoldedPath): void {
  const shared = sharedParts(a.fold, b.fold);
  if (shared === 0) return;
  const [aFolder, bFolder] = [firstParts(a.path, shared), firstParts(b.path, shared)];
  if (aFolder !== bFolder || aFolder === a.path || bFolder === b.path) throw twins(aFolder, bFolder);
}

/** How many whole parts two folded paths begin with in common. */
function sharedParts(a: string, b: string): number {
  let parts = 0;
  for (let at = 0; ; at += 1) {
    const aEnds = at === a.length || a[at] === SEPARATOR;
    const bEnds = at === b.length || b[at] === SEPARATOR;
    if (aEnds && bEnds) parts += 1;
    if (at === a.length || at === b.length || a[at] !== b[at]) return parts;
  }
}

function firstParts(path: string, count: number): string {
  let end = -1;
  for (let part = 0; part < count; part += 1) end = path.indexOf('/', end + 1);
  return end < 0 ? path : path.slice(0, end);
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
  if (GIT_NAMES.has(foldPath(part))) return `has the part ${showText(part)}, which Git would obey`;
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
