import type { ReleaseRef } from '@weighbridge/core/names';
import { showPath } from '@weighbridge/core/paths';
import { type Refused, refuse } from './refusal.js';

/** Entries that are no regular files, files that are not listed, absent files, wrong sizes, wrong bytes, pointers in place of weights. */
export type FileProblem = 'kind' | 'extra' | 'missing' | 'size' | 'digest' | 'pointer';

/** One thing about a folder that is not as registered: TAMPERED. */
export interface Finding {
  /** As it is shown: control characters are escaped. */
  readonly file: string;
  readonly problem: FileProblem;
  readonly message: string;
  readonly hint: string;
  /** Index of the first chunk that differs, where the leaves are at hand. */
  readonly chunk?: number;
  readonly expected?: string;
  readonly found?: string;
}

/** So many findings are listed in a refusal; the message counts all. */
const LISTED = 100;
/** A Git LFS pointer is shorter than this. */
const POINTER_BYTES = 1024;
const FETCH_AGAIN = 'get the release again from its publisher; do not load it';

/** The refusal that findings amount to: the first one, and how many more there are. */
export function summarizeFindings(ref: ReleaseRef, findings: readonly Finding[]): Refused {
  const first = findings[0];
  if (first === undefined) throw new RangeError('there is nothing to refuse');
  const more = findings.length === 1 ? '' : `, and ${findings.length - 1} more`;
  const { message, hint, problem: _, ...details } = first;
  const listed = findings.slice(0, LISTED).map(({ file, problem }) => ({ file, problem }));
  return refuse('TAMPERED', `${message}${more}`, hint, { release: ref.name, ...details, findings: listed });
}

export function kindFinding(path: string, kind: string): Finding {
  const file = showPath(path);
  const message = `${file} is a ${kind}; a release holds regular files only`;
  return { file, problem: 'kind', message, hint: 'put the file itself in its place', expected: 'file', found: kind };
}

export function extraFinding(path: string): Finding {
  const file = showPath(path);
  const isGit = path.startsWith('.git/') || path === '.gitattributes';
  const hint = isGit
    ? 'a Git checkout is no release folder: use verify --git-checkout'
    : 'remove it, or find out to which release it belongs';
  return { file, problem: 'extra', message: `${file} is not part of the release`, hint };
}

export function missingFinding(path: string): Finding {
  return { file: showPath(path), problem: 'missing', message: `${showPath(path)} is missing`, hint: FETCH_AGAIN };
}

export function sizeFinding(
  { path, size }: { readonly path: string; readonly size: number },
  foundBytes: number,
): Finding {
  const file = showPath(path);
  const mayBePointer = foundBytes < POINTER_BYTES && size >= POINTER_BYTES;
  return {
    file,
    problem: 'size',
    message: `${file} has ${foundBytes} bytes, ${size} are registered`,
    hint: mayBePointer ? `${FETCH_AGAIN} (if it is a Git LFS pointer: git lfs pull)` : FETCH_AGAIN,
    expected: String(size),
    found: String(foundBytes),
  };
}

export function lfsPointerFinding({ path }: { readonly path: string }): Finding {
  const file = showPath(path);
  return {
    file,
    problem: 'pointer',
    message: `${file} is a Git LFS pointer, not the weights that it stands for`,
    hint: 'run `git lfs pull` in the checkout, then verify again',
  };
}

/** @param digest member of the manifest's entry that differs, for example `tree` */
export function digestFinding(path: string, digest: string, expected: string, found: string): Finding {
  const file = showPath(path);
  const message = `${file} is not the registered file: its ${digest} differs`;
  return { file, problem: 'digest', message, hint: FETCH_AGAIN, expected, found };
}

/** @param expected the registered leaf of the chunk, @param found the leaf of what is there: 128 hex digits each */
export function chunkFinding(path: string, chunk: number, expected: string, found: string): Finding {
  const file = showPath(path);
  const message = `${file} is not the registered file: chunk ${chunk} is the first that differs`;
  return { file, problem: 'digest', message, hint: FETCH_AGAIN, chunk, expected, found };
}
