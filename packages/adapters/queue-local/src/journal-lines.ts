import { crc32 } from 'node:zlib';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { showPath } from '@weighbridge/core/paths';
import { isStoredJob, type StoredJob } from './stored-job.js';

const FORMAT = 'queue-journal-v1';
const LINE_FEED = 0x0a;
const CHECKSUM_LENGTH = 8;
const JOBS_A_LINE = 1000;

/**
 * A line is one write that was synced before the next began: `<crc32> <JSON>`, the checksum over the line's number too.
 * Hence only the last line can be torn by a power cut, and it was not acknowledged; any other that is wrong was damaged.
 */
export function lineOf(number: number, value: unknown): string {
  const json = JSON.stringify(value);
  return `${checksum(number, json)} ${json}\n`;
}

/** The lines of a whole journal that holds these jobs and nothing before. */
export function snapshotLines(jobs: readonly StoredJob[]): string[] {
  const lines = Math.ceil(jobs.length / JOBS_A_LINE);
  const texts = [lineOf(0, { format: FORMAT, lines })];
  for (let at = 0; at < jobs.length; at += JOBS_A_LINE)
    texts.push(lineOf(texts.length, jobs.slice(at, at + JOBS_A_LINE)));
  return texts;
}

export interface JournalContent {
  /** Every entry in order: later ones of a job replace earlier ones. */
  readonly jobs: readonly StoredJob[];
  /** Whether something after the last whole line was passed over. */
  readonly isTorn: boolean;
}

/** @throws MALFORMED when anything but the last line is damaged */
export function parseJournal(bytes: Buffer, path: string): JournalContent {
  const texts = splitLines(bytes);
  const snapshotEnd = headLines(texts[0], path);
  const jobs: StoredJob[] = [];
  for (let number = 1; number < texts.length; number += 1) {
    const value = checkedValue(texts[number]!, number);
    if (value === undefined && number === texts.length - 1 && number > snapshotEnd) return { jobs, isTorn: true };
    if (!Array.isArray(value) || !value.every(isStoredJob)) throw damaged(path, number);
    for (const job of value) jobs.push(job);
  }
  if (texts.length <= snapshotEnd) throw damaged(path, texts.length);
  return { jobs, isTorn: false };
}

/** With the rest after the last line feed, if there is one. */
function splitLines(bytes: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(LINE_FEED, at);
    lines.push(bytes.subarray(at, end === -1 ? bytes.length : end + 1));
    at = end === -1 ? bytes.length : end + 1;
  }
  return lines;
}

/** How many lines after the first were written with it, durably and at once: none of these can be torn. */
function headLines(text: Buffer | undefined, path: string): number {
  const head =
    text === undefined ? undefined : (checkedValue(text, 0) as { format?: unknown; lines?: unknown } | undefined);
  if (head?.format !== FORMAT || !Number.isSafeInteger(head.lines)) throw damaged(path, 0);
  return head.lines as number;
}

/** Undefined when the checksum does not hold. */
function checkedValue(line: Buffer, number: number): unknown {
  if (line.at(-1) !== LINE_FEED || line.length < CHECKSUM_LENGTH + 2) return undefined;
  const json = line.toString('utf8', CHECKSUM_LENGTH + 1, line.length - 1);
  if (`${checksum(number, json)} ` !== line.toString('latin1', 0, CHECKSUM_LENGTH + 1)) return undefined;
  return JSON.parse(json);
}

function checksum(number: number, json: string): string {
  return crc32(json, crc32(`${number} `))
    .toString(16)
    .padStart(CHECKSUM_LENGTH, '0');
}

function damaged(path: string, line: number): WeighbridgeError {
  return new WeighbridgeError('MALFORMED', `${showPath(path)} is damaged at line ${line + 1}: jobs may be lost`, {
    hint: 'restore the file from a backup, or move it away to begin with an empty queue and order the jobs again',
    details: { file: showPath(path), line: line + 1 },
  });
}
