import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

const MIB = 1_048_576;

/**
 * An ext4 file system in a file. What has not reached the file when it is copied would be gone after a power cut: nothing is
 * written back by itself (`commit=600`), and mounting a copy replays its journal.
 */
export class DiskImage {
  constructor(
    readonly file: string,
    /** Where it is mounted. */
    readonly folder: string,
  ) {}

  static make(file: string, folder: string, mebibytes: number): DiskImage {
    execFileSync('truncate', ['-s', `${mebibytes * MIB}`, file]);
    const lazy = 'lazy_itable_init=0,lazy_journal_init=0';
    execFileSync('mkfs.ext4', ['-q', '-F', '-m', '0', '-N', '4096', '-J', 'size=4', '-E', lazy, file]);
    return new DiskImage(file, folder);
  }

  mount(): void {
    mkdirSync(this.folder, { recursive: true });
    execFileSync('mount', ['-o', 'loop,commit=600,noatime', this.file, this.folder]);
  }

  unmount(): void {
    execFileSync('umount', [this.folder]);
  }

  /** Runs `work` while mounted. */
  async with<T>(work: () => Promise<T> | T): Promise<T> {
    this.mount();
    try {
      return await work();
    } finally {
      this.unmount();
    }
  }

  /** What a power cut at this moment would leave, as an image of its own that is mounted at the same place. */
  copy(file: string): DiskImage {
    execFileSync('cp', ['--sparse=always', this.file, file]);
    return new DiskImage(file, this.folder);
  }

  /** Makes everything written so far reach the disk, as if the kernel had done it by itself. */
  settle(): void {
    execFileSync('sync', ['-f', this.folder]);
  }

  /** What has been written to the disk since it was mounted; as long as it is the same, so is the disk. */
  written(): string {
    const device = execFileSync('findmnt', ['-n', '-o', 'SOURCE', this.folder], { encoding: 'utf8' }).trim();
    const fields = readFileSync(`/sys/block/${basename(device)}/stat`, 'utf8')
      .trim()
      .split(/ +/);
    const [sectorsWritten, discards] = [fields[6], fields[11]];
    return `${sectorsWritten} ${discards}`;
  }
}

/** @returns why power cuts cannot be tried on this machine; undefined when they can */
export function whyNoImages(): string | undefined {
  if (process.getuid?.() !== 0) return 'it needs root, to mount images';
  if (!existsSync('/dev/loop-control')) return 'it needs loop devices';
  for (const program of ['strace', 'mkfs.ext4', 'losetup'])
    try {
      execFileSync('which', [program], { stdio: 'ignore' });
    } catch {
      return `it needs ${program}`;
    }
  return undefined;
}
