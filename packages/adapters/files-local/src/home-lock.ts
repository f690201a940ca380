import { linkSync, readdirSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemErrorCode, WeighbridgeError } from '@weighbridge/core/errors';
import { showPath } from '@weighbridge/core/paths';
import { asIoError, saysReadOnly } from '@weighbridge/durable-files/io-error';
import { requireParentFolder } from '@weighbridge/durable-files/parent-folder';
import { isStale, type LockRecord, newRecord, readRecord, recordText } from './lock-record.js';
import { isRunning, ownProcess } from './process-identity.js';

export interface LockOptions {
  /** How long to wait for another holder; 0 tries once. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface HeldLock {
  /** May be called again; removes nothing but the own lock. */
  release(): Promise<void>;
}

interface Claim {
  readonly record: LockRecord;
  /** A private file that holds the record; it becomes the lock, whole, by link or rename. */
  readonly file: string;
}

interface Wait {
  readonly deadline: number;
  readonly signal: AbortSignal | undefined;
}

const LEAST_PAUSE_MS = 10;
const MORE_PAUSE_MS = 30;

/**
 * Takes a lock file that excludes every other process of this machine, and every other holder in this one.
 * The lock of a process that died is taken over at once, by exactly one of those who wait. Nothing is left in the
 * folder after release. For local file systems and processes that see each other's numbers in /proc.
 * @throws BUSY after the timeout, naming the holder's process; USAGE when the folder is missing; IO; the signal's reason
 */
export async function acquireLock(path: string, options: LockOptions): Promise<HeldLock> {
  requireParentFolder(path);
  try {
    return await acquireBy(createClaim(path), path, options);
  } catch (cause) {
    throw asIoError('lock', path, cause);
  }
}

/** Like `acquireLock`, but undefined where the folder is read-only (EROFS, EACCES, EPERM): nobody can write there. */
export async function acquireLockIfWritable(path: string, options: LockOptions): Promise<HeldLock | undefined> {
  requireParentFolder(path);
  try {
    const claim = claimIfWritable(path);
    return claim === undefined ? undefined : await acquireBy(claim, path, options);
  } catch (cause) {
    throw asIoError('lock', path, cause);
  }
}

function claimIfWritable(path: string): Claim | undefined {
  try {
    return createClaim(path);
  } catch (error) {
    if (saysReadOnly(error)) return undefined;
    throw error;
  }
}

async function acquireBy(claim: Claim, path: string, { timeoutMs, signal }: LockOptions): Promise<HeldLock> {
  await take(path, claim, { deadline: performance.now() + timeoutMs, signal });
  sweep(path);
  return { release: async () => release(path, claim.record) };
}

function createClaim(path: string): Claim {
  const record = newRecord();
  const { pid, startTicks } = ownProcess();
  const file = `${path}.${pid}-${startTicks}-${record.token}.tmp`;
  writeFileSync(file, recordText(record), { flag: 'wx', mode: 0o644 });
  return { record, file };
}

/** The lock file appears whole or not at all: link refuses to replace, rename replaces at once. */
async function take(path: string, claim: Claim, wait: Wait): Promise<void> {
  try {
    for (;;) {
      wait.signal?.throwIfAborted();
      if (link(claim.file, path)) return;
      const found = readRecord(path);
      if (found === undefined) continue;
      if (isStale(found)) {
        if (await replaceStale(path, found, claim, wait)) return;
      } else {
        if (performance.now() >= wait.deadline) throw busy(path, found);
        await pause(wait);
      }
    }
  } finally {
    rmSync(claim.file, { force: true });
  }
}

/**
 * Of all who saw this stale record one at a time may act on it: the holder of the guard, a lock named by the
 * record's token. Since a token never comes back, a lock that still carries it is still the stale one, and nobody
 * but the guard's holder replaces that. A guard's holder that dies leaves a stale guard, which is replaced likewise.
 */
async function replaceStale(path: string, stale: LockRecord, claim: Claim, wait: Wait): Promise<boolean> {
  const guard = `${path}.${stale.token}`;
  const guardClaim = createClaim(guard);
  await take(guard, guardClaim, wait);
  try {
    if (readRecord(path)?.token !== stale.token) return false;
    renameSync(claim.file, path);
    return true;
  } finally {
    release(guard, guardClaim.record);
  }
}

function link(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (systemErrorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

function release(path: string, { token }: LockRecord): void {
  try {
    if (readRecord(path)?.token === token) unlinkSync(path);
  } catch (cause) {
    throw asIoError('remove', path, cause);
  }
}

/**
 * Removes what killed processes left beside the lock, while it is held. Guards among it belong to records that are
 * gone for good, hence decide nothing, even if somebody takes one over in this moment.
 */
function sweep(path: string): void {
  const prefix = `${basename(path)}.`;
  try {
    for (const name of readdirSync(dirname(path))) {
      if (!name.startsWith(prefix)) continue;
      const left = join(dirname(path), name);
      if (isLeftover(left, name.slice(prefix.length))) rmSync(left, { force: true });
    }
  } catch {
    // A folder that may not be listed: what is left there harms nobody.
  }
}

function isLeftover(path: string, suffix: string): boolean {
  const owner = /^(?:(?:[0-9a-f]{16}|damaged)\.)*(\d+)-(\d+)-[0-9a-f]{16}\.tmp$/.exec(suffix);
  if (owner !== null) return !isRunning({ ...ownProcess(), pid: Number(owner[1]), startTicks: owner[2]! });
  if (!/^(?:[0-9a-f]{16}|damaged)(?:\.(?:[0-9a-f]{16}|damaged))*$/.test(suffix)) return false;
  const guard = readRecord(path);
  return guard !== undefined && isStale(guard);
}

async function pause({ deadline, signal }: Wait): Promise<void> {
  const pauseMs = Math.min(LEAST_PAUSE_MS + Math.random() * MORE_PAUSE_MS, deadline - performance.now());
  try {
    await sleep(pauseMs, undefined, signal === undefined ? {} : { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  }
}

function busy(path: string, { holder }: LockRecord): WeighbridgeError {
  return new WeighbridgeError('BUSY', `${showPath(path)} is held by process ${holder!.pid}`, {
    hint: 'wait until that command has ended, or wait longer with --lock-timeout',
    details: { file: showPath(path), pid: holder!.pid },
  });
}
