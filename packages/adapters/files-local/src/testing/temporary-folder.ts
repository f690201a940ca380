import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new folder for one test, open to every user, and how to remove it with all that a test locked away in it. */
export function temporaryFolder(): { readonly path: string; readonly dispose: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'weighbridge-files-'));
  chmodSync(path, 0o755);
  return { path, dispose: () => rmSync(path, { recursive: true, force: true }) };
}
