import { WeighbridgeError } from '@weighbridge/core/errors';
import { showPath } from '@weighbridge/core/paths';
import { showText } from '@weighbridge/core/show-text';
import { simpleGit } from 'simple-git';
import { GIT_SETTINGS, gitEnvironment } from './git-environment.js';

export interface GitOptions {
  readonly input?: string | Buffer;
  /** More settings, `name=value`: constants of ours, never text of others. */
  readonly settings?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** It is killed when it is silent for so long. */
  readonly idleMs?: number;
  readonly signal?: AbortSignal;
}

const IDLE_MS = 30_000;
/** A line of 4 KiB for each of the 34,800 files of the largest manifest stays below. */
const MAX_OUTPUT_BYTES = 256 * 1024 * 1024;

/** A git that ended with another code than 0; whoever expects that recognizes it, for all others it is IO. */
export class GitExit extends WeighbridgeError {
  constructor(
    repository: string,
    readonly exitCode: number,
    readonly stderr: string,
  ) {
    super('IO', `git ended with ${exitCode} in ${showPath(repository)}: ${showText(stderr.trim().slice(-500), 500)}`, {
      hint: 'check the disk, and the repository with `git fsck`; then run the same command again',
      details: { channel: 'git-lfs', file: showPath(repository) },
    });
  }
}

/**
 * Runs one git command to its end.
 * @param repository folder of a bare repository
 * @returns what it printed
 * @throws GitExit; UNVERIFIABLE when there is no git or it is silent for too long; the signal's reason
 */
export async function runGit(repository: string, args: readonly string[], options: GitOptions = {}): Promise<string> {
  const { input, settings = [], environment = {}, idleMs = IDLE_MS, signal } = options;
  signal?.throwIfAborted();
  const env = { ...gitEnvironment(repository), ...environment };
  // simple-git hands on the text of an error alone.
  let exit: GitExit | undefined;
  const end = new AbortController();
  const stop = () => end.abort();
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const git = simpleGit({
      baseDir: repository,
      config: [...GIT_SETTINGS, ...settings],
      abort: end.signal,
      timeout: { block: idleMs },
      input: () => input,
      // What is guarded here are constants of ours.
      allowEnvironment: Object.keys(env).filter((name) => name.startsWith('GIT_')),
      unsafe: {
        allowUnsafeTemplateDir: true,
        allowUnsafeConfigPaths: true,
        allowUnsafeConfigEnvCount: true,
        allowUnsafeHooksPath: true,
        allowUnsafeFsMonitor: true,
        allowUnsafeProtocolOverride: true,
      },
      errors: (error, { exitCode, stdErr }) => {
        if (exitCode === 0) return error;
        exit = new GitExit(repository, exitCode, Buffer.concat(stdErr).toString());
        return error ?? exit;
      },
    });
    return await git
      .env(env)
      .outputHandler((_, stdout) => limitOutput(stdout, stop))
      .raw([...args]);
  } catch (cause) {
    signal?.throwIfAborted();
    throw exit !== undefined && exit.exitCode > 0 ? exit : noAnswer(repository, cause);
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

function limitOutput(stdout: NodeJS.ReadableStream, stop: () => void): void {
  let bytes = 0;
  stdout.on('data', (piece: Buffer) => {
    bytes += piece.length;
    if (bytes > MAX_OUTPUT_BYTES) stop();
  });
}

/** What to throw when git cannot be started or does not come to an end. */
export function noAnswer(repository: string, cause: unknown): WeighbridgeError {
  const problem = showText(cause instanceof Error ? cause.message : String(cause), 300);
  return new WeighbridgeError('UNVERIFIABLE', `git gave no answer about ${showPath(repository)}: ${problem}`, {
    hint: 'install git 2.36 or newer in /usr/bin or /usr/local/bin, and check the disk',
    details: { channel: 'git-lfs', file: showPath(repository) },
    cause,
  });
}
