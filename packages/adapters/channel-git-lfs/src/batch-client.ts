import { WeighbridgeError } from '@weighbridge/core/errors';
import { showText } from '@weighbridge/core/show-text';
import type { LfsObject } from './lfs-objects.js';
import { remoteFailure } from './remote-failure.js';
import { readBody, type RemoteHttp } from './remote-http.js';

const LFS_JSON = 'application/vnd.git-lfs+json';
const MAX_ANSWER_BYTES = 256 * 1024;
const MAX_HEADERS = 32;
const HEADER_NAME = /^[A-Za-z0-9-]{1,64}$/;
const HEADER_VALUE = /^[\x20-\x7e]{0,8192}$/;
/** Written by servers that mean none. */
const NO_DATE = '0001-01-01T00:00:00Z';
/** Headers that decide how a connection works are ours to write. */
const OURS = /^(?:host|connection|content-length|transfer-encoding|range|accept-encoding|te|upgrade|expect|trailer)$/i;

/** Where and how a server hands out an object. */
export interface DownloadAction {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/**
 * Asks the batch API where an object is.
 * @param repositoryUrl of the repository, ending in `.git`
 * @returns undefined when the server has no such object
 * @throws UNVERIFIABLE; TAMPERED when it has the object with another size; the signal's reason
 */
export async function askBatch(
  http: RemoteHttp,
  repositoryUrl: string,
  object: LfsObject,
  { idleMs, signal }: { readonly idleMs: number; readonly signal?: AbortSignal | undefined },
): Promise<DownloadAction | undefined> {
  const url = new URL(`${repositoryUrl}/info/lfs/objects/batch`);
  const response = await http.ask({
    url,
    method: 'POST',
    headers: { accept: LFS_JSON, 'content-type': LFS_JSON },
    body: JSON.stringify({
      operation: 'download',
      transfers: ['basic'],
      objects: [{ oid: object.oid, size: object.sizeBytes }],
      hash_algo: 'sha256',
    }),
    signal,
  });
  const body = await readBody(response, url.href, { maxBytes: MAX_ANSWER_BYTES, idleMs, signal });
  // Some servers answer for a whole batch.
  if (response.statusCode === 404 || response.statusCode === 410) return undefined;
  if (response.statusCode !== 200) throw remoteFailure(url.href, `answers ${response.statusCode}`);
  return actionOf(body, object, url);
}

function actionOf(body: Buffer, { oid, sizeBytes }: LfsObject, url: URL): DownloadAction | undefined {
  const answer = field(field(parseJson(body, url), 'objects'), 0);
  if (field(answer, 'oid') !== oid) throw remoteFailure(url.href, 'answers for another object than was asked for');
  const code = field(field(answer, 'error'), 'code');
  if (code === 404 || code === 410) return undefined;
  if (code === 422) throw otherSize(url, oid, sizeBytes);
  if (code !== undefined) throw remoteFailure(url.href, `refuses an object with ${showText(String(code), 20)}`);
  const download = field(field(answer, 'actions'), 'download');
  // Neither an error nor an action is what some say of an object that they do not have.
  return download === undefined ? undefined : parseAction(download, url);
}

function parseAction(download: unknown, batch: URL): DownloadAction {
  const href = field(download, 'href');
  const url = typeof href === 'string' && URL.canParse(href, batch.href) ? new URL(href, batch) : undefined;
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:')
    throw remoteFailure(batch.href, 'hands out an object by no http or https URL');
  if (batch.protocol === 'https:' && url.protocol === 'http:')
    throw remoteFailure(batch.href, 'hands out an object without encryption');
  return { url, headers: parseHeaders(field(download, 'header'), batch), expiresAt: expiryOf(download) };
}

function parseHeaders(value: unknown, batch: URL): Record<string, string> {
  const entries = Object.entries(typeof value === 'object' && value !== null ? value : {});
  const good = ([name, text]: [string, unknown]): boolean =>
    HEADER_NAME.test(name) && typeof text === 'string' && HEADER_VALUE.test(text);
  if (entries.length > MAX_HEADERS || !entries.every(good)) throw remoteFailure(batch.href, 'sends unusable headers');
  return Object.fromEntries(entries.filter(([name]) => !OURS.test(name))) as Record<string, string>;
}

function expiryOf(download: unknown): number {
  const seconds = field(download, 'expires_in');
  const at = field(download, 'expires_at');
  const ends: number[] = [];
  if (typeof seconds === 'number' && seconds > 0) ends.push(Date.now() + seconds * 1000);
  if (typeof at === 'string' && at !== NO_DATE && !Number.isNaN(Date.parse(at))) ends.push(Date.parse(at));
  return Math.min(...ends, Number.MAX_SAFE_INTEGER);
}

function parseJson(body: Buffer, url: URL): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw remoteFailure(url.href, 'answers with no JSON', cause);
  }
}

/** A member of something that may be anything. */
function field(value: unknown, name: string | number): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string | number, unknown>)[name] ?? undefined;
}

function otherSize(url: URL, oid: string, sizeBytes: number): WeighbridgeError {
  return new WeighbridgeError('TAMPERED', `${url.href} does not have the object ${oid} with ${sizeBytes} bytes`, {
    hint: 'publish the release there again, or fetch from another channel',
    details: { channel: 'git-lfs', expected: oid },
  });
}
