import { isSha256 } from '@weighbridge/core/hex';
import { asIoError } from '@weighbridge/durable-files/io-error';
import { openRegular } from '@weighbridge/durable-files/regular-file';
import { HttpRefusal } from './http-refusal.js';
import { objectPath } from './lfs-objects.js';

/** git-lfs asks for 100 at a time. */
const MAX_OBJECTS = 1000;

interface AskedObject {
  readonly oid: unknown;
  readonly size: unknown;
}

export interface BatchRequest {
  readonly operation: 'download' | 'upload';
  readonly objects: readonly AskedObject[];
}

/** Parses the body of a batch request; members that are not known are passed over. @throws HttpRefusal 422, 409, 413 */
export function parseBatch(body: Uint8Array): BatchRequest {
  const batch = parseObject(body);
  const { operation, objects } = batch;
  const transfers = batch.transfers ?? ['basic'];
  if (operation !== 'download' && operation !== 'upload')
    throw new HttpRefusal(422, 'the operation is download or upload');
  if (!Array.isArray(transfers) || !transfers.includes('basic'))
    throw new HttpRefusal(422, 'objects are handed out by the transfer "basic" alone');
  if ((batch.hash_algo ?? 'sha256') !== 'sha256') throw new HttpRefusal(409, 'objects are named by sha256 alone');
  if (!Array.isArray(objects)) throw new HttpRefusal(422, 'objects is a list');
  if (objects.length > MAX_OBJECTS) throw new HttpRefusal(413, `ask for at most ${MAX_OBJECTS} objects`);
  return { operation, objects: objects.map((each: unknown) => asked(each)) };
}

function parseObject(body: Uint8Array): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new HttpRefusal(422, 'the body is no JSON');
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new HttpRefusal(422, 'the body is no JSON object');
}

function asked(value: unknown): AskedObject {
  if (typeof value !== 'object' || value === null) return { oid: undefined, size: undefined };
  const { oid, size } = value as Record<string, unknown>;
  return { oid, size };
}

/**
 * The answer to a batch request; each object has its own.
 * @param hrefOf where an object is handed out
 */
export async function answerBatch(
  repository: string,
  { operation, objects }: BatchRequest,
  hrefOf: (oid: string) => string,
): Promise<object> {
  const answers: object[] = [];
  for (const { oid, size } of objects) {
    const problem = await objectRefusal(repository, operation, oid, size);
    const named = { oid: typeof oid === 'string' ? oid.slice(0, 64) : '', size: isSize(size) ? size : 0 };
    if (problem !== undefined) answers.push({ ...named, error: problem });
    else answers.push({ ...named, actions: { download: { href: hrefOf(oid as string) } } });
  }
  return { transfer: 'basic', objects: answers, hash_algo: 'sha256' };
}

async function objectRefusal(
  repository: string,
  operation: BatchRequest['operation'],
  oid: unknown,
  size: unknown,
): Promise<{ readonly code: number; readonly message: string } | undefined> {
  if (!isSha256(oid)) return { code: 422, message: 'an oid is 64 lower-case hex digits' };
  if (!isSize(size)) return { code: 422, message: 'a size is a number of bytes' };
  if (operation === 'upload') return { code: 403, message: 'this store is only read: publish with weighbridge' };
  const path = objectPath(repository, oid);
  try {
    const opened = await openRegular(path);
    if (opened === 'absent') return { code: 404, message: 'there is no such object' };
    if (typeof opened === 'string') return { code: 410, message: 'the object is gone' };
    await opened.handle.close();
    return opened.sizeBytes === size ? undefined : { code: 422, message: `the object has ${opened.sizeBytes} bytes` };
  } catch (cause) {
    throw asIoError('read', path, cause);
  }
}

function isSize(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
