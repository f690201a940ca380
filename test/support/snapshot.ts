import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** What lies in a folder, with kinds, permissions, times and bytes; to be compared with what lies there later. */
export function snapshot(folder: string): Record<string, string> {
  if (!existsSync(folder)) return {};
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(['.', ...names].map((name) => [name, describe(join(folder, name))]));
}

/** Names alone, of the folder itself: what a command left behind. */
export function namesIn(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

function describe(path: string): string {
  const stats = lstatSync(path, { bigint: true });
  const head = `${stats.mode.toString(8)} ${stats.mtimeNs}`;
  if (stats.isSymbolicLink()) return `${head} -> ${readlinkSync(path)}`;
  if (!stats.isFile()) return head;
  return `${head} ${stats.size} ${createHash('sha256').update(readFileSync(path)).digest('hex')}`;
}
