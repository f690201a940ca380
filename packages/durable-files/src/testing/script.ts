import { execFile } from 'node:child_process';
import { build, type Plugin } from 'esbuild';

/**
 * Bundles a script so that a process of its own can run it.
 * @param from the folder that its imports count from
 * @param fs the text of a module that script and sources get for `node:fs`
 */
export async function bundleScript(from: string, script: string, file: string, fs?: string): Promise<void> {
  await build({
    stdin: { contents: script, resolveDir: from, loader: 'ts' },
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['@weighbridge/source'],
    plugins: fs === undefined ? [] : [insteadOfFs(fs)],
  });
}

function insteadOfFs(contents: string): Plugin {
  const namespace = 'instead-of-fs';
  return {
    name: namespace,
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^node:fs$/ }, (from) =>
        from.namespace === namespace ? { path: from.path, external: true } : { path: 'fs', namespace },
      );
      onLoad({ filter: /./, namespace }, () => ({ contents, loader: 'js' }));
    },
  };
}

export interface Ended {
  /** Undefined when a signal ended it. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. One thread for all file calls, so that strace counts them together. */
export function run(program: string, ...args: readonly string[]): Promise<Ended> {
  const env = { ...process.env, UV_THREADPOOL_SIZE: '1', NODE_OPTIONS: '' };
  return new Promise((resolve) => {
    execFile(program, args, { env, timeout: 20_000, killSignal: 'SIGKILL' }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : undefined;
      resolve({ code, stdout, stderr: `${stderr}${typeof error?.code === 'string' ? error.code : ''}` });
    });
  });
}
