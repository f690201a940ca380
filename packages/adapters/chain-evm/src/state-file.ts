import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemErrorCode } from '@weighbridge/core/errors';
import { sha3Digest } from '@weighbridge/core/sha3';
import { makeFolderDurably } from '@weighbridge/durable-files/durable-folder';
import { writeDurably } from '@weighbridge/durable-files/durable-write';
import { asIoError } from '@weighbridge/durable-files/io-error';
import { keepAs } from '@weighbridge/durable-files/keep-as';

/**
 * The embedded chain's state on disk: the JSON that anvil loads, which passes over a first member of our own
 * with the SHA3-512 of all that follows. So a torn or rotten file is known before anvil sees it.
 */
export interface StateFile {
  readonly path: string;
  /** Number of the newest block in it. */
  readonly blockNumber: number;
}

export type StateFileFinding = StateFile | 'absent' | 'damaged';

const HEAD = /^\{"weighbridge":\{"blockNumber":(\d{1,15}),"sha3-512":"([0-9a-f]{128})"\},\n/;
const MAX_HEAD = 200;

export function statePath(folder: string): string {
  return join(folder, 'state.json');
}

/** The state before the newest one. */
export function previousStatePath(folder: string): string {
  return join(folder, 'state.previous.json');
}

/**
 * Names the state that a file holds, from its head alone: to tell whether something derived from it is of this state.
 * Undefined when there is none.
 */
export async function stateMark(folder: string): Promise<string | undefined> {
  try {
    const file = await open(statePath(folder), 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_HEAD), 0, MAX_HEAD, 0);
      return HEAD.exec(buffer.subarray(0, bytesRead).toString('latin1'))?.[2];
    } finally {
      await file.close();
    }
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw asIoError('read', statePath(folder), error);
  }
}

/** @throws IO when it is there and cannot be read */
export async function inspectStateFile(path: string): Promise<StateFileFinding> {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return 'absent';
    throw asIoError('read', path, error);
  }
  const head = HEAD.exec(bytes.subarray(0, MAX_HEAD).toString('latin1'));
  if (head === null || sha3Digest(bytes.subarray(head[0].length)) !== head[2]) return 'damaged';
  return { path, blockNumber: Number(head[1]) };
}

/**
 * Makes a state the newest one, durably. There is a whole `state.json` at any moment from the first write on.
 * @param state a JSON object, as anvil dumps it
 * @param isNewestGood whether the present `state.json` is one to fall back to; else the one before stays that
 * @throws IO
 */
export async function writeStateFile(
  folder: string,
  state: Buffer,
  blockNumber: number,
  isNewestGood: boolean,
): Promise<void> {
  const path = statePath(folder);
  const rest = state.subarray(1);
  const head = `{"weighbridge":{"blockNumber":${blockNumber},"sha3-512":"${sha3Digest(rest)}"},\n`;
  await makeFolderDurably(folder, 0o700);
  if (isNewestGood) await keepAs(path, previousStatePath(folder));
  await writeDurably(path, Buffer.concat([Buffer.from(head), rest]), { mode: 0o600 });
}
