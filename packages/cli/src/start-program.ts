import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import { systemErrorCode } from '@weighbridge/core/errors';
import { showText } from '@weighbridge/core/show-text';
import { usage } from './usage.js';

const FORWARDED = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const;
/** A terminal sends these to everybody in the foreground: the program has them already. */
const FROM_TERMINAL: ReadonlySet<string> = new Set(['SIGINT', 'SIGQUIT']);

/**
 * Starts a program in this one's place, as far as Node.js can: it has the same working folder, stdin, stdout and stderr and
 * gets the signals.
 * @param words program and arguments
 * @returns its exit code; 128 + n when signal n ended it
 * @throws USAGE when it cannot be started
 */
export async function startProgram(words: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  let child: ChildProcess;
  try {
    child = spawn(words[0]!, words.slice(1), { stdio: 'inherit', env });
  } catch (cause) {
    throw cannotStart(words, cause);
  }
  const stop = forwardSignals(child);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('error', (cause) => reject(cannotStart(words, cause)));
      child.once('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
    });
  } finally {
    stop();
  }
}

/** What a program may know: nothing of our settings but where our home is, and which release it may load. */
export function programEnvironment(
  environment: NodeJS.ProcessEnv,
  release: { readonly path: string; readonly name: string; readonly digest: string },
): NodeJS.ProcessEnv {
  const others = Object.entries(environment).filter(
    ([name]) => !/^weighbridge_/i.test(name) || name === 'WEIGHBRIDGE_HOME',
  );
  return {
    ...Object.fromEntries(others),
    WEIGHBRIDGE_MODEL_DIR: release.path,
    WEIGHBRIDGE_RELEASE: release.name,
    WEIGHBRIDGE_RELEASE_DIGEST: release.digest,
  };
}

function forwardSignals(child: ChildProcess): () => void {
  const forwarders = FORWARDED.map((name) => {
    const forward = (): void => {
      if (!(process.stdin.isTTY && FROM_TERMINAL.has(name))) child.kill(name);
    };
    process.on(name, forward);
    return () => process.removeListener(name, forward);
  });
  return () => {
    for (const remove of forwarders) remove();
  };
}

function cannotStart(words: readonly string[], cause: unknown): Error {
  const why = systemErrorCode(cause) ?? 'unknown';
  return usage(
    `${showText(words[0] ?? '')} cannot be started (${why})`,
    'name a program that exists and may be run, with its arguments, after --',
  );
}
