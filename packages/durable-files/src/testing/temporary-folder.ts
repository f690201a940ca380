import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new folder for one test, open to every user, and how to remove it, also where it is deeper than a path can name. */
export function temporaryFolder(): { readonly path: string; readonly dispose: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'weighbridge-files-'));
  chmodSync(path, 0o755);
  return { path, dispose: () => execFileSync('rm', ['-rf', path]) };
}
