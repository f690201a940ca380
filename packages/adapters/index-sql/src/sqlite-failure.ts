import { isWeighbridgeError, systemErrorCode, WeighbridgeError } from '@weighbridge/core/errors';
import { showPath } from '@weighbridge/core/paths';
import { asIoError } from '@weighbridge/durable-files/io-error';

const REBUILD = 'run `weighbridge index rebuild`: it keeps this file aside and makes a new one, without the audit log';

export function isBusy(error: unknown): boolean {
  return /^SQLITE_(BUSY|LOCKED)/.test(systemErrorCode(error) ?? '');
}

/** What to throw for a failure of SQLite at a file. */
export function explainFailure(error: unknown, path: string): unknown {
  const code = systemErrorCode(error) ?? '';
  const context = { details: { file: showPath(path) }, cause: error };
  if (isWeighbridgeError(error)) return error;
  if (isBusy(error)) {
    const hint = 'wait until the other command has ended, then try again';
    return new WeighbridgeError('BUSY', `${showPath(path)} is being written by somebody else`, { ...context, hint });
  }
  if (/^SQLITE_(CORRUPT|NOTADB)/.test(code) || error instanceof SyntaxError)
    return damagedIndex(path, 'is damaged', error);
  if (/^SQLITE_(FULL|IOERR|CANTOPEN|READONLY|PERM|AUTH)/.test(code)) {
    const hint = 'check the free space and the rights of the home folder, then try again';
    return new WeighbridgeError('IO', `cannot use ${showPath(path)} (${code})`, { ...context, hint });
  }
  return asIoError('use', path, error);
}

export function damagedIndex(path: string, problem: string, cause?: unknown): WeighbridgeError {
  return new WeighbridgeError('MALFORMED', `the index ${showPath(path)} ${problem}`, {
    hint: REBUILD,
    details: { file: showPath(path) },
    cause,
  });
}
