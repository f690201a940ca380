import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';
import type { ChildEnd } from './child.js';
import { startWeighbridge, weighbridge } from './command-line.js';

export interface Service {
  readonly ready: Readonly<Record<string, string>>;
  readonly child: ChildProcess;
  readonly ended: Promise<ChildEnd>;
}

export interface ServiceOptions {
  readonly home: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a command that keeps running and returns when it says that it is ready. It ends with the test at the latest. */
export async function startService(args: readonly string[], options: ServiceOptions): Promise<Service> {
  const { child, ended } = startWeighbridge(args, options);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const lines = createInterface({ input: child.stdout! });
  const first = await Promise.race([once(lines, 'line').then(([line]) => line as string), ended]);
  if (typeof first !== 'string') throw new Error(`${args.join(' ')} ended: ${first.stdout}${first.stderr}`);
  return { ready: JSON.parse(first) as Record<string, string>, child, ended };
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

export type Ask = (method: string, path: string, json?: unknown) => Promise<HttpAnswer>;

/** Makes a token that may everything, and what asks a service with it. */
export async function bearer(home: string): Promise<{ token: string; asks: (url: string) => Ask }> {
  const { answer } = await weighbridge(['token', 'new', 'test', '--scope', 'admin'], { home });
  const asks = (url: string) => async (method: string, path: string, json?: unknown) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${answer.token}`, 'content-type': 'application/json' },
      ...(json === undefined ? {} : { body: typeof json === 'string' ? json : JSON.stringify(json) }),
    });
    const text = await response.text();
    return { status: response.status, body: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {} };
  };
  return { token: String(answer.token), asks };
}

/** Asks until a job is as wanted. @throws after 90 s */
export async function jobUntil(
  ask: Ask,
  id: unknown,
  isWanted: (job: Record<string, unknown>) => boolean,
): Promise<Record<string, unknown>> {
  for (const deadline = performance.now() + 90_000; performance.now() < deadline; ) {
    const { status, body } = await ask('GET', `/v1/jobs/${id}`);
    if (status === 200 && isWanted(body)) return body;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`job ${id} did not become as wanted`);
}

export const hasEnded = ({ state }: Record<string, unknown>): boolean =>
  ['done', 'dead', 'cancelled'].includes(String(state));
