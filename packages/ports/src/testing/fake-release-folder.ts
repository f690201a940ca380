import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { compareUtf8 } from '@weighbridge/core/members';
import { METADATA_FOLDER } from '@weighbridge/core/paths';
import type { EntryKind, FolderEntry, FolderScan, ReadableFile, ReleaseFolder } from '../release-folder.js';

interface FakeEntry {
  readonly kind: EntryKind;
  readonly bytes: Uint8Array;
}

const NOTHING = new Uint8Array();

/**
 * A release folder in memory; entries are told apart by identity, so that a file that is put again has changed.
 * Opened files have real descriptors, of files without a name, so that any digest engine can read them.
 */
export class FakeReleaseFolder implements ReleaseFolder {
  readonly location: string;
  readonly isSingleFile = false;
  private readonly tree = new Map<string, FakeEntry>();
  private readonly notUtf8 = new Set<string>();
  private readonly unreadable = new Set<string>();

  constructor(files: Readonly<Record<string, string | Uint8Array>> = {}, location = '/fake/release') {
    this.location = location;
    for (const [path, bytes] of Object.entries(files)) this.put(path, bytes);
  }

  put(path: string, bytes: string | Uint8Array): void {
    this.tree.set(path, { kind: 'file', bytes: typeof bytes === 'string' ? Buffer.from(bytes) : bytes.slice() });
  }

  putOther(path: string, kind: Exclude<EntryKind, 'file'>): void {
    this.tree.set(path, { kind, bytes: NOTHING });
  }

  get paths(): readonly string[] {
    return [...this.tree.keys()];
  }

  get isEmpty(): boolean {
    return this.tree.size === 0;
  }

  /** Undefined for what is absent. */
  bytesOf(path: string): Uint8Array | undefined {
    return this.tree.get(path)?.bytes;
  }

  /** A file whose name is not UTF-8; `path` shows the bad bytes as U+FFFD. */
  putNotUtf8(path: string): void {
    this.put(path, NOTHING);
    this.notUtf8.add(path);
  }

  remove(path: string): void {
    this.tree.delete(path);
    this.notUtf8.delete(path);
  }

  /** A file that cannot be opened, or a folder that cannot be listed. */
  makeUnreadable(path: string): void {
    this.unreadable.add(path);
  }

  async scan(passOver: readonly string[]): Promise<FolderScan> {
    const passedOver = new Set<string>();
    const entries: FolderEntry[] = [];
    for (const path of this.unreadable) if (!this.tree.has(path)) throw refusal('IO', path, 'cannot be listed');
    for (const [path, { kind, bytes }] of this.tree) {
      const top = path.split('/')[0]!;
      if (top !== path && passOver.includes(top)) passedOver.add(top);
      else entries.push({ path, isUtf8: !this.notUtf8.has(path), kind, sizeBytes: bytes.length });
    }
    for (const top of this.folders()) {
      if (passOver.includes(top.toLowerCase()) && !passOver.includes(top)) {
        entries.push({ path: top, isUtf8: true, kind: 'folder', sizeBytes: 0 });
      }
    }
    entries.sort((a, b) => compareUtf8(a.path, b.path));
    return { entries, passedOver: [...passedOver].sort() };
  }

  private folders(): Set<string> {
    return new Set([...this.tree.keys()].filter((path) => path.includes('/')).map((path) => path.split('/')[0]!));
  }

  async open(path: string): Promise<ReadableFile> {
    const entry = this.notUtf8.has(path) ? undefined : this.tree.get(path);
    if (entry === undefined) throw refusal('TAMPERED', path, 'is absent');
    if (entry.kind !== 'file') throw refusal('TAMPERED', path, `is a ${entry.kind}`);
    if (this.unreadable.has(path)) throw refusal('IO', path, 'cannot be read');
    const fd = namelessFile(entry.bytes);
    let isOpen = true;
    return {
      fd,
      sizeBytes: entry.bytes.length,
      readStart: async (maxBytes) => entry.bytes.slice(0, maxBytes),
      readInto: (offset, into) => {
        const found = entry.bytes.subarray(offset, offset + into.length);
        if (found.length < into.length) throw refusal('BUSY', path, 'was cut short');
        into.set(found);
      },
      isUnchanged: async () => this.tree.get(path) === entry,
      close: async () => {
        if (isOpen) closeSync(fd);
        isOpen = false;
      },
    };
  }

  async readMetadata(path: string, maxBytes: number): Promise<Uint8Array | undefined> {
    const entry = this.tree.get(`${METADATA_FOLDER}/${path}`);
    if (entry?.kind !== 'file' || entry.bytes.length > maxBytes) return undefined;
    if (this.unreadable.has(`${METADATA_FOLDER}/${path}`)) throw refusal('IO', path, 'cannot be read');
    return entry.bytes.slice();
  }
}

function namelessFile(bytes: Uint8Array): number {
  const folder = mkdtempSync(join(tmpdir(), 'weighbridge-fake-'));
  try {
    writeFileSync(join(folder, 'file'), bytes);
    return openSync(join(folder, 'file'), 'r');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function refusal(code: 'BUSY' | 'IO' | 'TAMPERED', path: string, problem: string): WeighbridgeError {
  return new WeighbridgeError(code, `${path} ${problem}`, { hint: 'this is a fake', details: { file: path } });
}
