/** System calls that change what a disk holds. */
export const MUTATING = [
  ...[
    'openat',
    'write',
    'writev',
    'pwrite64',
    'pwritev',
    'copy_file_range',
    'sendfile',
    'ftruncate',
    'truncate',
    'fallocate',
  ],
  ...[
    'fsync',
    'fdatasync',
    'sync_file_range',
    'rename',
    'renameat',
    'renameat2',
    'link',
    'linkat',
    'symlink',
    'symlinkat',
  ],
  ...['unlink', 'unlinkat', 'rmdir', 'mkdir', 'mkdirat', 'chmod', 'fchmod', 'fchmodat'],
] as const;

export interface Call {
  readonly thread: number;
  readonly name: string;
  /** Of calls of this name by this thread, counted from 1, as strace counts. */
  readonly ordinal: number;
  readonly text: string;
  /** It changes something below the watched folder. */
  readonly counts: boolean;
}

/** Reads strace's lines (`-f -y`) and says which calls matter to a folder. */
export class CallReader {
  readonly calls: Call[] = [];
  /** The command has written its outcome. */
  answered = false;
  readonly #ordinals = new Map<string, number>();

  constructor(private readonly folder: string) {}

  /** @returns the call of a line, if it has one */
  read(line: string): Call | undefined {
    const [, thread, name] = /^(\d+) +([a-z_0-9]+)\(/.exec(line) ?? [];
    if (thread === undefined || name === undefined) return undefined;
    if (/^\d+ +writev?\(1<.*\{\\"outcome/.test(line)) this.answered = true;
    const key = `${thread} ${name}`;
    const ordinal = (this.#ordinals.get(key) ?? 0) + 1;
    this.#ordinals.set(key, ordinal);
    const counts = this.#isBelow(line) && (name !== 'openat' || line.includes('O_CREAT') || line.includes('O_TRUNC'));
    const call = { thread: Number(thread), name, ordinal, text: line.slice(line.indexOf(' ') + 1), counts };
    this.calls.push(call);
    return call;
  }

  #isBelow(line: string): boolean {
    return (
      line.includes(`${this.folder}/`) ||
      line.includes(`${this.folder}>`) ||
      line.includes(`"${this.folder}"`) ||
      line.includes('"/proc/self/fd/')
    );
  }
}

/** Points at which strace's `when=N` can hit exactly calls that count: it counts for each thread. */
export function injectable(calls: readonly Call[]): readonly Pick<Call, 'name' | 'ordinal'>[] {
  const points = new Map<string, { call: Call; good: boolean }>();
  for (const call of calls) {
    const key = `${call.name} ${call.ordinal}`;
    const known = points.get(key);
    points.set(key, { call: known?.call ?? call, good: (known?.good ?? true) && call.counts });
  }
  return [...points.values()].filter(({ good }) => good).map(({ call }) => call);
}
