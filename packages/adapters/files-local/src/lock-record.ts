import { randomBytes } from 'node:crypto';
import { closeSync, readFileSync } from 'node:fs';
import { canonicalJson } from '@weighbridge/core/canonical-json';
import { isWeighbridgeError, WeighbridgeError } from '@weighbridge/core/errors';
import { parseJson } from '@weighbridge/core/json';
import { Members } from '@weighbridge/core/members';
import { showPath } from '@weighbridge/core/paths';
import { isRunning, ownProcess, type ProcessIdentity } from './process-identity.js';
import { openRegularFile } from './regular-file.js';

const RECORD_MAX_BYTES = 1024;
const TOKEN = /^[0-9a-f]{16}$/;
/** The token of a record that cannot be read: only a power cut leaves one, hence no process holds it. */
const DAMAGED = 'damaged';

/** What a lock file says of its holder. */
export interface LockRecord {
  readonly holder: ProcessIdentity | undefined;
  /** Told once and never again, so that two holders are never taken for one. */
  readonly token: string;
}

export function newRecord(): LockRecord {
  return { holder: ownProcess(), token: randomBytes(8).toString('hex') };
}

export function recordText({ holder, token }: LockRecord): string {
  return canonicalJson({ ...holder!, token });
}

/** Undefined when there is no lock. @throws USAGE when something else lies there */
export function readRecord(path: string): LockRecord | undefined {
  const opened = openRegularFile(path, 'refuse');
  if (opened === 'absent') return undefined;
  if (typeof opened === 'string') throw noLock(path, opened);
  try {
    return opened.stats.size > RECORD_MAX_BYTES
      ? { holder: undefined, token: DAMAGED }
      : parseRecord(readFileSync(opened.fd));
  } finally {
    closeSync(opened.fd);
  }
}

/** Whether nobody holds it any more. */
export function isStale({ holder }: LockRecord): boolean {
  return holder === undefined || !isRunning(holder);
}

function parseRecord(bytes: Uint8Array): LockRecord {
  try {
    const members = Members.of(parseJson(bytes, 'the lock', { maxBytes: RECORD_MAX_BYTES }), 'the lock');
    const holder = {
      pid: members.integer('pid', 1),
      startTicks: members.string('startTicks'),
      bootId: members.string('bootId'),
    };
    return { holder, token: members.parsed('token', 'a token', (text) => (TOKEN.test(text) ? text : undefined)) };
  } catch (error) {
    if (isWeighbridgeError(error)) return { holder: undefined, token: DAMAGED };
    throw error;
  }
}

function noLock(path: string, kind: string): WeighbridgeError {
  return new WeighbridgeError('USAGE', `${showPath(path)} is a ${kind}, where a lock file belongs`, {
    hint: 'remove it',
    details: { file: showPath(path) },
  });
}
