import { randomBytes } from 'node:crypto';
import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { httpFailure, unreachable } from './http-answer.js';
import { answerOf, type KuboRpc } from './kubo-rpc.js';

/**
 * One file on its way into a node, as one part of a multipart body that is never in memory as a whole.
 *
 * An upload that ends in order but without the closing boundary is answered with 200 and the CID of half the file: so it is
 * either ended here with that boundary, or the connection is torn.
 */
export class KuboUpload {
  private readonly boundary = `weighbridge-${randomBytes(16).toString('hex')}`;
  private readonly request: ClientRequest;
  private readonly answer: Promise<string>;
  private timer: NodeJS.Timeout | undefined;

  /** @param call with its parameters, as in `add` and `block/put` */
  constructor(
    private readonly rpc: KuboRpc,
    url: URL,
  ) {
    const begin = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const headers = { ...rpc.headers, 'content-type': `multipart/form-data; boundary=${this.boundary}` };
    this.request = begin(url, { method: 'POST', headers, agent: rpc.agent });
    this.answer = new Promise<IncomingMessage>((resolve, reject) => {
      this.request.once('response', resolve);
      this.request.on('error', reject);
    }).then((response) => answerOf(response, rpc.location));
    this.answer.catch(() => {});
    this.request.write(
      `--${this.boundary}\r\nContent-Disposition: form-data; name="file"; filename="file"\r\n` +
        'Content-Type: application/octet-stream\r\n\r\n',
    );
  }

  /** Resolves when the buffer is the caller's again. @throws UNVERIFIABLE */
  async write(bytes: Uint8Array): Promise<void> {
    const flushed = new Promise<void>((resolve, reject) => {
      this.request.write(bytes, (error) => (error == null ? resolve() : reject(error)));
    });
    const early = this.answer.then(() => {
      throw unreachable(this.rpc.location, 'answered before it had the whole file');
    });
    await this.watched(Promise.race([flushed, early]));
  }

  /** @returns the answer. @throws UNVERIFIABLE */
  async end(): Promise<string> {
    this.request.end(`\r\n--${this.boundary}--\r\n`);
    return this.watched(this.answer);
  }

  abort(): void {
    this.request.destroy();
  }

  /** Time counts only while the node is the one who is waited for. */
  private async watched<T>(task: Promise<T>): Promise<T> {
    const { idleMs, location } = this.rpc;
    this.timer = setTimeout(() => {
      this.request.destroy(unreachable(location, `took nothing for ${idleMs / 1000} seconds`));
    }, idleMs);
    try {
      return await task;
    } catch (error) {
      this.abort();
      // A node that refuses says why in its answer, while the writes only see a torn connection.
      const refused = await Promise.race([
        this.answer.then(
          () => error,
          (cause: unknown) => cause,
        ),
        soon(error),
      ]);
      throw httpFailure(location, refused, undefined);
    } finally {
      clearTimeout(this.timer);
    }
  }
}

async function soon<T>(value: T): Promise<T> {
  await new Promise((resolve) => setTimeout(resolve, 100));
  return value;
}

/** The member of the last line of an answer that names a CID. @throws UNVERIFIABLE */
export function cidInAnswer(text: string, member: 'Hash' | 'Key', location: string): string {
  try {
    const last = JSON.parse(text.trim().split('\n').at(-1)!) as Readonly<Record<string, unknown>>;
    const cid = last[member];
    if (typeof cid === 'string') return cid;
  } catch {}
  throw unreachable(location, 'gave an answer that names no CID');
}

/** @throws TAMPERED */
export function requireSameCid(expected: string, found: string, what: string, location: string): void {
  if (expected === found) return;
  throw new WeighbridgeError('TAMPERED', `${location} took other bytes for ${what} than were digested`, {
    hint: 'run the same command again; if it happens again, check that node and its disk',
    details: { channel: 'ipfs', expected, found },
  });
}
