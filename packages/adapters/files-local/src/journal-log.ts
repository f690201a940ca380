import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson } from '@weighbridge/core/canonical-json';
import type { JsonObject } from '@weighbridge/core/json';
import { makeFolderDurably } from '@weighbridge/durable-files/durable-folder';
import { syncFolder } from '@weighbridge/durable-files/durable-sync';
import { asIoError } from '@weighbridge/durable-files/io-error';

const { O_RDWR, O_APPEND, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
const LINE_FEED = 0x0a;

/**
 * Appends an entry to `log.jsonl`, one canonical JSON object a line, for what must leave a trace.
 * Durable when it returns; what was written before is never touched. Writers hold the home's lock.
 * @throws IO
 */
export async function appendJournal(journalFolder: string, entry: JsonObject): Promise<void> {
  await makeFolderDurably(journalFolder, 0o700);
  const path = join(journalFolder, 'log.jsonl');
  try {
    const log = await open(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600);
    try {
      await log.appendFile(`${(await endsTorn(log)) ? '\n' : ''}${canonicalJson(entry)}\n`);
      await log.sync();
    } finally {
      await log.close();
    }
    await syncFolder(journalFolder);
  } catch (cause) {
    throw asIoError('write', path, cause);
  }
}

/** Whether a power cut tore the last line: the next entry then begins a line of its own. */
async function endsTorn(log: FileHandle): Promise<boolean> {
  const { size } = await log.stat();
  if (size === 0) return false;
  const last = new Uint8Array(1);
  await log.read(last, 0, 1, size - 1);
  return last[0] !== LINE_FEED;
}
