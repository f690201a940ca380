import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleScript, run } from './script.js';
import { temporaryFolder } from './temporary-folder.js';

/**
 * Runs a script under strace and tells in which order it wrote, renamed and synced what lies in a folder,
 * each as `call path`, repetitions left out.
 * @param from the folder that the script's imports count from
 */
export async function durableCalls(from: string, folder: string, script: string): Promise<string[]> {
  const { path: tools, dispose } = temporaryFolder();
  try {
    const file = join(tools, 'script.mjs');
    const log = join(tools, 'log');
    await bundleScript(from, script, file);
    const calls = 'trace=write,pwrite64,fsync,fdatasync,rename';
    const { code, stderr } = await run(
      'strace',
      '-f',
      '-y',
      '-qq',
      '-o',
      log,
      '-e',
      calls,
      process.execPath,
      file,
      folder,
    );
    if (code !== 0) throw new Error(`the traced script failed: ${stderr}`);
    const found = [...readFileSync(log, 'utf8').matchAll(/(\w+)\((?:\d+<([^>]*)>|"([^"]*)")/g)];
    const inFolder = found.flatMap(([, call, byDescriptor, byName]) => {
      const path = byDescriptor ?? byName!;
      return path === folder || path.startsWith(`${folder}/`) ? [`${call} ${path.slice(folder.length + 1)}`] : [];
    });
    return inFolder.filter((call, index) => call !== inFolder[index - 1]);
  } finally {
    dispose();
  }
}
