import { createHash } from 'node:crypto';
import { relative } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { ExpectedBlob } from './blob-batch.js';
import { runGit } from './git-command.js';

/** A file of a commit, waiting on disk. */
export interface TreeFile {
  readonly path: string;
  /** Where its bytes wait. */
  readonly source: string;
  /** Hex, of what must come out. */
  readonly sha256: string;
  readonly sizeBytes: number;
  /** Whether its bytes are weights that are read back here. */
  readonly weights: boolean;
}

export interface TreeBlob extends TreeFile, ExpectedBlob {}

/** Large files too are written loose, never into a pack: what rots alone can be replaced alone. */
const LOOSE_SETTINGS = ['core.bigFileThreshold=1024g'];
/** Without a word, git may write one large file for so long. */
const WRITE_IDLE_MS = 600_000;
/** More at once would hold up whatever else the event loop has to do. */
const SLICE_BYTES = 131_072;
const FILE_MODE = '100644';

/** In slices, so that the event loop turns. */
export async function sha256Hex(bytes: Uint8Array): Promise<string> {
  const hash = createHash('sha256');
  for (let at = 0; at < bytes.length; at += SLICE_BYTES) {
    if (at > 0) await setImmediate();
    hash.update(bytes.subarray(at, at + SLICE_BYTES));
  }
  return hash.digest('hex');
}

/** Writes files as blobs, byte for byte; those that are there stay as they are. @returns their ids, in order */
export async function writeBlobs(
  repository: string,
  sources: readonly string[],
  signal?: AbortSignal,
): Promise<string[]> {
  if (sources.length === 0) return [];
  const printed = await runGit(repository, ['hash-object', '-w', '--no-filters', '--stdin-paths'], {
    // Relative ones hold nothing but names of ours.
    input: sources.map((source) => `${relative(repository, source)}\n`).join(''),
    settings: LOOSE_SETTINGS,
    idleMs: WRITE_IDLE_MS,
    ...(signal && { signal }),
  });
  const oids = printed.trim().split('\n');
  if (oids.length !== sources.length) throw new RangeError(`git wrote ${oids.length} of ${sources.length} blobs`);
  return oids;
}

/** A private index: git's own, and what others do meanwhile, stay untouched. */
export class PrivateIndex {
  private readonly environment: Readonly<Record<string, string>>;

  constructor(
    private readonly repository: string,
    path: string,
  ) {
    this.environment = { GIT_INDEX_FILE: path };
  }

  async add(entries: readonly { readonly path: string; readonly oid: string }[], signal?: AbortSignal): Promise<void> {
    await this.run(['update-index', '--add', '-z', '--index-info'], lines(entries), signal);
  }

  /** The paths of those that the attributes in this index mark `filter=lfs`. */
  async markedLfs(paths: readonly string[], signal?: AbortSignal): Promise<Set<string>> {
    const args = ['check-attr', '--cached', '--stdin', '-z', 'filter'];
    const printed = await this.run(args, paths.map((path) => `${path}\0`).join(''), signal);
    const fields = printed.split('\0');
    const marked = new Set<string>();
    for (let at = 0; at + 2 < fields.length; at += 3) if (fields[at + 2] === 'lfs') marked.add(fields[at]!);
    return marked;
  }

  /** @returns the id of the tree */
  async writeTree(signal?: AbortSignal): Promise<string> {
    return (await this.run(['write-tree'], '', signal)).trim();
  }

  private run(args: readonly string[], input: string, signal: AbortSignal | undefined): Promise<string> {
    return runGit(this.repository, args, { input, environment: this.environment, ...(signal && { signal }) });
  }
}

function lines(entries: readonly { readonly path: string; readonly oid: string }[]): string {
  return entries.map(({ path, oid }) => `${FILE_MODE} ${oid}\t${path}\0`).join('');
}
