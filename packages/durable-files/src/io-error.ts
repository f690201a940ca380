import { isWeighbridgeError, systemErrorCode, WeighbridgeError } from '@weighbridge/core/errors';
import { showPath } from '@weighbridge/core/paths';

const HINTS: Readonly<Record<string, string>> = {
  EACCES: 'allow this user to use it, or run as a user who may',
  EPERM: 'allow this user to use it, or run as a user who may',
  EROFS: 'the file system is mounted read-only: remount it or name another place',
  ENOSPC: 'the disk is full: free some space, then try again',
  EDQUOT: 'the quota is used up: free some space, then try again',
  EMFILE: 'too many files are open: raise `ulimit -n`, then try again',
  ENFILE: 'too many files are open on this machine: close some, then try again',
};
const DEFAULT_HINT = 'check the disk and the kernel log, then try again';

/**
 * What to throw for a failure of the system: IO with the path named and the cause kept.
 * Anything else (our own errors, an abort, a fault in the program) comes back as it is.
 * @param action as in "cannot <action> <path>"
 */
export function asIoError(action: string, path: string, cause: unknown): unknown {
  const code = systemErrorCode(cause);
  if (isWeighbridgeError(cause) || code === undefined || (cause as NodeJS.ErrnoException).errno === undefined)
    return cause;
  return new WeighbridgeError('IO', `cannot ${action} ${showPath(path)} (${code})`, {
    hint: HINTS[code] ?? DEFAULT_HINT,
    details: { file: showPath(path) },
    cause,
  });
}

const READ_ONLY = new Set(['EROFS', 'EACCES', 'EPERM']);

/** Whether a failure says that nothing may be written at this place. */
export function saysReadOnly(error: unknown): boolean {
  const system = isWeighbridgeError(error) ? error.cause : error;
  return READ_ONLY.has(systemErrorCode(system) ?? '');
}

const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG']);

/** Whether a failure says that nothing lies at a path, or nothing can. */
export function saysAbsent(error: unknown): boolean {
  return ABSENT.has(systemErrorCode(error) ?? '');
}
