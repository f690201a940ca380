import type { OpenedFile } from '@weighbridge/core/digest-engine';

/** `folder` is only the other spelling of a name that is passed over, such as `.Weighbridge`: it may not stand there. */
export type EntryKind = 'file' | 'symlink' | 'FIFO' | 'socket' | 'device' | 'folder';

/** What lies on disk below a release folder; folders themselves are not entries. */
export interface FolderEntry {
  /** Relative, parts joined by `/`, exactly as on disk: hostile until a rule accepted it. */
  readonly path: string;
  /** False when the name is not UTF-8; `path` then shows the bad bytes as U+FFFD. */
  readonly isUtf8: boolean;
  readonly kind: EntryKind;
  /** Of a file, from lstat; 0 for other kinds. */
  readonly sizeBytes: number;
}

export interface FolderScan {
  /** Sorted by the UTF-8 bytes of `path`. */
  readonly entries: readonly FolderEntry[];
  /** Folders at the top that were passed over, as they are spelled: `.weighbridge`, `.git`. */
  readonly passedOver: readonly string[];
}

export interface ReadableFile extends OpenedFile {
  /** The first bytes, at most `maxBytes`; fewer when the file is shorter. @throws IO */
  readStart(maxBytes: number): Promise<Uint8Array>;
  /**
   * Fills `into` from `offset`, at once: for decoders, which learn from what they read where to read next.
   * @throws IO; BUSY when the file ends before
   */
  readInto(offset: number, into: Uint8Array): void;
  /** True while size, mtime, ctime and inode are what they were at opening. */
  isUnchanged(): Promise<boolean>;
  close(): Promise<void>;
}

/** The door to the bytes of a release: a folder, or a single file that stands for a folder of one. Read only. */
export interface ReleaseFolder {
  /** As the user named it. */
  readonly location: string;
  /** True when a single file stands for a folder of one. */
  readonly isSingleFile: boolean;
  /**
   * Lists everything below the top. A real folder at the top that `passOver` names in this exact spelling is
   * not entered; anything else of that name is an entry like others. Never follows a symlink, never blocks on a FIFO.
   * @throws LIMIT over 100,000 entries; IO
   */
  scan(passOver: readonly string[]): Promise<FolderScan>;
  /**
   * Opens a regular file without following symlinks, anywhere on the path below the top.
   * @throws TAMPERED when it is absent or no regular file; IO when it cannot be read
   */
  open(path: string): Promise<ReadableFile>;
  /**
   * A small file below `.weighbridge/`, or undefined when it is absent, no regular file, or larger than `maxBytes`.
   */
  readMetadata(path: string, maxBytes: number): Promise<Uint8Array | undefined>;
}
