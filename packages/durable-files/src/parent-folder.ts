import { statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { showPath } from '@weighbridge/core/paths';
import { asIoError, saysAbsent } from './io-error.js';

/** @throws USAGE when the folder that a file is to be written into does not exist; IO */
export function requireParentFolder(path: string): void {
  const folder = dirname(path);
  try {
    if (path !== '' && statSync(folder).isDirectory()) return;
  } catch (cause) {
    if (!saysAbsent(cause)) throw asIoError('look at', folder, cause);
  }
  throw new WeighbridgeError(
    'USAGE',
    `there is no folder ${showPath(folder)} to write ${showPath(basename(path))} into`,
    {
      hint: 'make it first (mkdir -p), or name another place',
      details: { file: showPath(path) },
    },
  );
}
