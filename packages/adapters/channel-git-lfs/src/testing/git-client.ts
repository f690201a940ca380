import { execFile, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface GitClient {
  /** Runs git with git-lfs set up, in a folder. @returns what it printed on stdout; throws on another exit code than 0 */
  run(folder: string, ...args: string[]): string;
  /** The same, while this process goes on. */
  runBeside(folder: string, ...args: string[]): Promise<string>;
}

/** A user's git with git-lfs installed for him, and nothing else of this machine. */
export function gitClient(home: string): GitClient {
  const config = join(home, 'gitconfig');
  writeFileSync(
    config,
    '[filter "lfs"]\n\tclean = git-lfs clean -- %f\n\tsmudge = git-lfs smudge -- %f\n' +
      '\tprocess = git-lfs filter-process\n\trequired = true\n[advice]\n\tdetachedHead = false\n',
  );
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    GIT_CONFIG_GLOBAL: config,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    LC_ALL: 'C',
  };
  return {
    run(folder, ...args) {
      const { status, stdout, stderr } = spawnSync('git', args, {
        cwd: folder,
        env,
        encoding: 'utf8',
        timeout: 60_000,
      });
      if (status !== 0) throw new Error(`git ${args.join(' ')} ended with ${status}: ${stdout}${stderr}`);
      return stdout;
    },
    async runBeside(folder, ...args) {
      const { stdout } = await promisify(execFile)('git', args, { cwd: folder, env, timeout: 60_000 });
      return stdout;
    },
  };
}
