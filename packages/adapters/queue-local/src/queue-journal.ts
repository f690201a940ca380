import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { systemErrorCode, WeighbridgeError } from '@weighbridge/core/errors';
import { showPath } from '@weighbridge/core/paths';
import { writeDurably } from '@weighbridge/durable-files/durable-write';
import { asIoError } from '@weighbridge/durable-files/io-error';
import { lineOf, parseJournal, snapshotLines } from './journal-lines.js';
import type { StoredJob } from './stored-job.js';

const { O_RDONLY, O_WRONLY, O_APPEND, O_NOFOLLOW, O_NONBLOCK } = constants;
/** More waits for the next write. */
const JOBS_A_WRITE = 1024;
const LEAST_GROWTH_BYTES = 8 * 1024 * 1024;

interface Entry {
  readonly job: StoredJob;
  /** Called when the entry is durable, before anything else can be written. */
  readonly apply: () => void;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Reads what a journal holds, in order; none is there yet when it is absent. @throws MALFORMED, IO */
export async function readJournal(path: string): Promise<readonly StoredJob[]> {
  try {
    const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    try {
      if (!(await file.stat()).isFile()) throw noFile(path);
      return parseJournal(await file.readFile(), path).jobs;
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (systemErrorCode(cause) === 'ENOENT') return [];
    throw asIoError('read', path, cause);
  }
}

/**
 * The append-only log of a queue. Entries that come while one write is synced share the next one (group commit).
 * It is written anew, shorter, when it has grown, and after every failure, as a file that failed to sync says nothing.
 */
export class QueueJournal {
  private readonly waiting: Entry[] = [];
  private file: FileHandle | undefined;
  private lines = 0;
  private sizeBytes = 0;
  private mostBytes = 0;
  private drained: Promise<void> | undefined;

  /** @param snapshot every job as it is, all applied entries in it */
  constructor(
    private readonly path: string,
    private readonly snapshot: () => readonly StoredJob[],
  ) {}

  /** Durable when it resolves. @throws IO */
  append(job: StoredJob, apply: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ job, apply, resolve, reject });
      this.drained ??= this.drain();
    });
  }

  /** Writes the journal anew. @throws IO */
  async rewrite(): Promise<void> {
    await this.closeFile();
    const lines = snapshotLines(this.snapshot());
    const bytes = Buffer.from(lines.join(''));
    await writeDurably(this.path, bytes, { mode: 0o600 });
    this.file = await open(this.path, O_WRONLY | O_APPEND | O_NOFOLLOW);
    this.lines = lines.length;
    this.sizeBytes = bytes.length;
    this.mostBytes = bytes.length * 2 + LEAST_GROWTH_BYTES;
  }

  /** Waits for what was appended. */
  async close(): Promise<void> {
    while (this.drained !== undefined) await this.drained;
    await this.closeFile();
  }

  private async drain(): Promise<void> {
    do {
      await nextTurn();
      await this.commit(this.waiting.splice(0, JOBS_A_WRITE));
    } while (this.waiting.length > 0);
    this.drained = undefined;
  }

  private async commit(entries: readonly Entry[]): Promise<void> {
    try {
      if (this.file === undefined || this.sizeBytes > this.mostBytes) await this.rewrite();
      await this.write(entries.map(({ job }) => job));
    } catch (cause) {
      await this.closeFile();
      const error = asIoError('write', this.path, cause);
      for (const { reject } of entries) reject(error);
      return;
    }
    for (const { apply, resolve } of entries) {
      apply();
      resolve();
    }
  }

  private async write(jobs: readonly StoredJob[]): Promise<void> {
    const bytes = Buffer.from(lineOf(this.lines, jobs));
    for (let at = 0; at < bytes.length; ) at += (await this.file!.write(bytes, at)).bytesWritten;
    await this.file!.datasync();
    this.lines += 1;
    this.sizeBytes += bytes.length;
  }

  private async closeFile(): Promise<void> {
    const file = this.file;
    this.file = undefined;
    await file?.close().catch(() => {});
  }
}

function noFile(path: string): WeighbridgeError {
  return new WeighbridgeError('USAGE', `${showPath(path)} is no file, where the journal of the queue belongs`, {
    hint: 'remove it',
    details: { file: showPath(path) },
  });
}
