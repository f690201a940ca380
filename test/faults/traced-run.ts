import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { BIN, environment } from '../support/child.js';
import { type Call, CallReader, MUTATING } from './mutating-calls.js';

export interface TracedEnd {
  readonly exit: number | null;
  readonly answer: Readonly<Record<string, unknown>>;
  readonly stderr: string;
  readonly calls: readonly Call[];
}

export interface TraceOptions {
  /** Below it lies what is watched. */
  readonly folder: string;
  /** strace's `inject` expression; default: none. */
  readonly inject?: string;
  /** Called after each mutating call, while the whole process stands still. */
  readonly onCall?: (call: Call, answered: boolean) => void;
}

/** Runs the built command line under strace, with one thread for files so that calls have an order. */
export async function tracedRun(args: readonly string[], { folder, inject, onCall }: TraceOptions): Promise<TracedEnd> {
  const set = MUTATING.join(',');
  // With --seccomp-bpf strace drops most signals that it is told to send.
  const stop = onCall === undefined ? ['--seccomp-bpf'] : ['-e', `inject=${set}:signal=SIGSTOP`];
  const fault = inject === undefined ? [] : ['-e', `inject=${inject}`];
  const strace = ['-f', '-y', '-o', '|cat >&3', '-e', `trace=${set}`, ...stop, ...fault];
  const child = spawn('strace', [...strace, BIN, '--json', ...args], {
    env: environment({ UV_THREADPOOL_SIZE: '1' }),
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const reader = new CallReader(folder);
  const log = followLog(child.stdio[3] as NodeJS.ReadableStream, reader, onCall);
  const [stdout, stderr] = [text(child.stdout!), text(child.stderr!)];
  const exit = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  await log;
  const out = await stdout;
  const answer = out.startsWith('{') ? (JSON.parse(out) as Record<string, unknown>) : {};
  return { exit, answer, stderr: await stderr, calls: reader.calls };
}

/** Signals stop a thread when its call has returned; then all threads stand, and only this one's stop is answered. */
async function followLog(
  lines: NodeJS.ReadableStream,
  reader: CallReader,
  onCall: TraceOptions['onCall'],
): Promise<void> {
  const last = new Map<number, Call>();
  const stopping = new Set<number>();
  for await (const line of createInterface({ input: lines })) {
    const call = reader.read(line);
    if (call !== undefined) last.set(call.thread, call);
    const thread = Number(/^\d+/.exec(line)?.[0]);
    if (line.includes('--- SIGSTOP ')) stopping.add(thread);
    if (!line.includes('--- stopped by SIGSTOP ---') || !stopping.delete(thread)) continue;
    const made = last.get(thread);
    if (made?.counts) onCall?.(made, reader.answered);
    goOn(thread);
  }
}

function goOn(thread: number): void {
  try {
    process.kill(thread, 'SIGCONT');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

async function text(stream: NodeJS.ReadableStream): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of stream) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}
