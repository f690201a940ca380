import type { IncomingMessage } from 'node:http';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { askBatch, type DownloadAction } from './batch-client.js';
import type { LfsObject } from './lfs-objects.js';
import { gaveTooMuch, remoteFailure } from './remote-failure.js';
import { bodyOf, type RemoteHttp } from './remote-http.js';

const MOST_REDIRECTS = 3;
/** Connections that broke off one after another without a byte. */
const MOST_FAILURES = 3;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const RANGE = /^bytes ([0-9]{1,16})-([0-9]{1,16})\/(?:([0-9]{1,16})|\*)$/;

export interface DownloadDoors {
  readonly http: RemoteHttp;
  /** Ending in `.git`. */
  readonly repositoryUrl: string;
  readonly idleMs: number;
}

/**
 * Bytes of an object from an offset on. A connection that breaks off is resumed where it was.
 * @param action from the batch API, for this object
 * @throws UNVERIFIABLE; LIMIT when more comes than the object has; the signal's reason
 */
export async function* downloadObject(
  doors: DownloadDoors,
  object: LfsObject,
  action: DownloadAction,
  offsetBytes: number,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  let at = offsetBytes;
  let current: DownloadAction | undefined = action;
  for (let failures = 0; at < object.sizeBytes; ) {
    try {
      if (current.expiresAt <= Date.now()) current = await renew(doors, object, signal);
      for await (const piece of bytesFrom(doors, object, current, at, signal)) {
        failures = 0;
        at += piece.length;
        yield piece;
      }
      if (at < object.sizeBytes) throw remoteFailure(doors.repositoryUrl, `ends an object at byte ${at}`);
    } catch (error) {
      failures += 1;
      if (failures > MOST_FAILURES || !canHeal(error, signal)) throw error;
    }
  }
}

function canHeal(error: unknown, signal: AbortSignal | undefined): boolean {
  return signal?.aborted !== true && error instanceof WeighbridgeError && error.code === 'UNVERIFIABLE';
}

async function renew(
  doors: DownloadDoors,
  object: LfsObject,
  signal: AbortSignal | undefined,
): Promise<DownloadAction> {
  const action = await askBatch(doors.http, doors.repositoryUrl, object, { idleMs: doors.idleMs, signal });
  if (action === undefined) throw remoteFailure(doors.repositoryUrl, `has lost the object ${object.oid}`);
  return action;
}

async function* bytesFrom(
  { http, idleMs }: DownloadDoors,
  object: LfsObject,
  action: DownloadAction,
  from: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { response, location } = await follow(http, action, from, signal);
  let skip = from - requireStart(response, location, from);
  let left = object.sizeBytes - from;
  for await (const piece of bodyOf(response, location, idleMs, signal)) {
    const wanted = piece.subarray(Math.min(skip, piece.length));
    skip -= piece.length - wanted.length;
    left -= wanted.length;
    if (left < 0) throw gaveTooMuch(location, object.sizeBytes);
    if (wanted.length > 0) yield new Uint8Array(wanted.buffer, wanted.byteOffset, wanted.length);
  }
}

/** Headers of the server's are for where it sent us first; of ours, none but the range go on. */
async function follow(
  http: RemoteHttp,
  { url: first, headers }: DownloadAction,
  from: number,
  signal: AbortSignal | undefined,
): Promise<{ readonly response: IncomingMessage; readonly location: string }> {
  const range: Record<string, string> = from === 0 ? {} : { range: `bytes=${from}-` };
  let url = first;
  for (let redirects = 0; ; redirects += 1) {
    const own = url.origin === first.origin ? headers : {};
    const response = await http.ask({ url, headers: { ...own, ...range }, signal });
    // What follows the path may be a key to it.
    const location = `${url.origin}${url.pathname}`;
    if (!REDIRECTS.has(response.statusCode ?? 0)) return { response, location };
    response.destroy();
    if (redirects === MOST_REDIRECTS) throw remoteFailure(location, `redirects more than ${MOST_REDIRECTS} times`);
    url = redirectTarget(response.headers.location, url, location);
  }
}

function redirectTarget(target: string | undefined, from: URL, location: string): URL {
  const url = target !== undefined && URL.canParse(target, from.href) ? new URL(target, from) : undefined;
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && from.protocol === 'http:')) return url;
  throw remoteFailure(location, 'redirects to no URL that may be followed');
}

/** Where the body begins: a server that knows no ranges begins at 0. */
function requireStart(response: IncomingMessage, location: string, from: number): number {
  const encoding = response.headers['content-encoding'] ?? 'identity';
  const fault = (problem: string): WeighbridgeError => {
    response.destroy();
    return remoteFailure(location, problem);
  };
  if (encoding !== 'identity') throw fault('sends an encoding that was not asked for');
  if (response.statusCode === 200) return 0;
  if (response.statusCode !== 206) throw fault(`answers ${response.statusCode}`);
  const [, start] = RANGE.exec(response.headers['content-range'] ?? '') ?? [];
  if (start === undefined || Number(start) > from) throw fault('sends another range than was asked for');
  return Number(start);
}
