import { Agent as HttpAgent, type IncomingMessage, request as httpRequest, type RequestOptions } from 'node:http';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { type JsonRpc, type RpcAnswer, senselessAnswer } from './json-rpc.js';

export interface HttpJsonRpcOptions {
  /** For one call, from sending to the last byte. */
  readonly timeoutMs?: number;
  readonly maxBytes?: number;
}

const DEFAULT_TIMEOUT_MS = 20_000;
const DEFAULT_MAX_BYTES = 32 * 1024 * 1024;

/**
 * JSON-RPC over HTTP(S): one call a request, bounded in time and size, redirects not followed.
 * @param url `http:` or `https:`; user and password in it are sent as basic authorization
 * @throws USAGE when it is no such URL
 */
export function createHttpJsonRpc(url: string, options: HttpJsonRpcOptions = {}): JsonRpc {
  const target = parseUrl(url);
  const limits = { timeoutMs: DEFAULT_TIMEOUT_MS, maxBytes: DEFAULT_MAX_BYTES, ...options };
  const agent = target.protocol === 'http:' ? new HttpAgent({ keepAlive: true }) : undefined;
  let count = 0;
  const rpc: JsonRpc = {
    location: target.origin,
    async ask(method, params) {
      count += 1;
      const id = count;
      const body = JSON.stringify({ jsonrpc: '2.0', id, method, params });
      return readAnswer(rpc, await post(rpc, target, agent, body, limits), id);
    },
    close: () => agent?.destroy(),
  };
  return rpc;
}

function parseUrl(url: string): URL {
  if (URL.canParse(url)) {
    const target = new URL(url);
    if (target.protocol === 'http:' || target.protocol === 'https:') return target;
  }
  throw new WeighbridgeError('USAGE', 'the URL of the chain is no http or https URL', {
    hint: 'set WEIGHBRIDGE_RPC_URL to the JSON-RPC endpoint of a node, for example http://127.0.0.1:8545',
  });
}

async function post(
  rpc: JsonRpc,
  url: URL,
  agent: HttpAgent | undefined,
  body: string,
  limits: Required<HttpJsonRpcOptions>,
): Promise<Buffer> {
  const signal = AbortSignal.timeout(limits.timeoutMs);
  try {
    const response = await send(url, agent, body, signal);
    return await readBody(rpc, response, limits.maxBytes);
  } catch (cause) {
    if (cause instanceof WeighbridgeError) throw cause;
    const problem = signal.aborted ? `did not answer within ${limits.timeoutMs / 1000} s` : 'cannot be reached';
    throw new WeighbridgeError('UNVERIFIABLE', `the node at ${rpc.location} ${problem}`, {
      hint: 'check that the node runs and that its URL is right, then try again',
      cause,
    });
  }
}

async function send(
  url: URL,
  agent: HttpAgent | undefined,
  body: string,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const { request } = url.protocol === 'https:' ? await import('node:https') : { request: httpRequest };
  const headers: Record<string, string> = { 'content-type': 'application/json', accept: 'application/json' };
  headers['content-length'] = String(Buffer.byteLength(body));
  const options: RequestOptions = { method: 'POST', headers, signal, ...(agent && { agent }) };
  return new Promise((resolve, reject) => {
    request(url, options, resolve).on('error', reject).end(body);
  });
}

async function readBody(rpc: JsonRpc, response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > maxBytes) {
      response.destroy();
      throw senselessAnswer(rpc, `answers with more than ${maxBytes} bytes`);
    }
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** An error's body counts whatever the HTTP status is: some nodes answer a revert with 400. */
function readAnswer(rpc: JsonRpc, body: Buffer, id: number): RpcAnswer {
  let answer: unknown;
  try {
    answer = JSON.parse(body.toString('utf8'));
  } catch {
    throw senselessAnswer(rpc, 'answers something that is no JSON');
  }
  if (!isObject(answer) || answer.id !== id) throw senselessAnswer(rpc, 'answers something that is no JSON-RPC');
  if (isObject(answer.error)) {
    const { code, message, data } = answer.error;
    return { refusal: { code: Number(code), message: String(message), data } };
  }
  if (answer.result === undefined) throw senselessAnswer(rpc, 'answers without a result');
  return { result: answer.result };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
