import { type ChildProcess, spawn } from 'node:child_process';
import { GitExit, type GitOptions, noAnswer } from './git-command.js';
import { GIT_SETTINGS, gitEnvironment } from './git-environment.js';

const IDLE_MS = 30_000;
const MAX_STDERR_CHARACTERS = 4096;

/**
 * What one git command prints, piece by piece: for what may be large. The command ends when the consumer leaves.
 * @throws GitExit; UNVERIFIABLE when there is no git or it is silent for too long; the signal's reason
 */
export async function* gitOutput(
  repository: string,
  args: readonly string[],
  options: GitOptions = {},
): AsyncGenerator<Buffer, void, undefined> {
  const { input, settings = [], environment = {}, idleMs = IDLE_MS, signal } = options;
  signal?.throwIfAborted();
  const child = spawn('git', [...[...GIT_SETTINGS, ...settings].flatMap((setting) => ['-c', setting]), ...args], {
    cwd: repository,
    env: { ...gitEnvironment(repository), ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const ended = endOf(child);
  let silent = false;
  const stop = () => child.kill('SIGKILL');
  signal?.addEventListener('abort', stop, { once: true });
  // It may end before it has read all of its input.
  child.stdin.on('error', () => {});
  child.stdin.end(input ?? '');
  try {
    const pieces = child.stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    for (;;) {
      const timer = setTimeout(() => {
        silent = true;
        stop();
      }, idleMs);
      const next = await pieces.next().finally(() => clearTimeout(timer));
      if (next.done === true) break;
      yield next.value;
    }
    const { exitCode, stderr, failure } = await ended;
    signal?.throwIfAborted();
    if (failure !== undefined) throw noAnswer(repository, failure);
    if (silent) throw noAnswer(repository, new Error(`it was silent for ${idleMs} ms`));
    if (exitCode !== 0) throw new GitExit(repository, exitCode, stderr);
  } finally {
    signal?.removeEventListener('abort', stop);
    stop();
    // A process counts as closed when nobody can read from it any more.
    child.stdout.destroy();
    await ended;
  }
}

interface End {
  readonly exitCode: number;
  readonly stderr: string;
  readonly failure: Error | undefined;
}

function endOf(child: ChildProcess): Promise<End> {
  let stderr = '';
  child.stderr!.on('data', (piece: Buffer) => {
    if (stderr.length < MAX_STDERR_CHARACTERS) stderr += piece.toString();
  });
  return new Promise((resolve) => {
    child.once('error', (failure) => resolve({ exitCode: -1, stderr, failure }));
    child.once('close', (code) => resolve({ exitCode: code ?? -1, stderr, failure: undefined }));
  });
}
