import { bytesEqual } from '@weighbridge/core/hex';
import { METADATA_FOLDER } from '@weighbridge/core/paths';
import { CHUNK_BYTES } from '@weighbridge/core/tree';
import type { FetchedFile, FetchPlace } from '../fetch-place.js';
import type { SlotName, Slots } from '../slots.js';
import { refuse } from './fake-refusal.js';
import { FakeReleaseFolder } from './fake-release-folder.js';

/** Slots in memory. What lies there can be changed behind its back, and the power can go before any change. */
export class FakeSlots implements Slots {
  readonly location = '/fake/slots';
  state: Uint8Array | undefined;
  journal: Uint8Array | undefined;
  readonly folders: Record<SlotName, FakeReleaseFolder | undefined> = { a: undefined, b: undefined };
  /** Bytes that fit beside what the slots hold. */
  freeBytes = Number.MAX_SAFE_INTEGER;
  isUpdating = false;
  /** Changes that were made, in order. */
  readonly changes: string[] = [];
  /** So many changes are made, then the power goes. */
  powerFor = Number.POSITIVE_INFINITY;
  /** Runs before the state is replaced: another process, for example. */
  beforeReplace: () => void = () => {};

  pathOf(slot: SlotName): string {
    return `${this.location}/${slot}`;
  }

  async readState(maxBytes: number): Promise<Uint8Array | undefined> {
    if (this.state !== undefined && this.state.length > maxBytes) refuse('LIMIT', 'the state is too large');
    return this.state?.slice();
  }

  async replaceState(read: Uint8Array | undefined, next: Uint8Array): Promise<void> {
    this.beforeReplace();
    if (!isSame(read, this.state)) refuse('BUSY', 'the slots were changed meanwhile');
    this.change('state');
    this.state = next.slice();
  }

  async readJournal(maxBytes: number): Promise<Uint8Array | undefined> {
    return this.journal !== undefined && this.journal.length > maxBytes ? undefined : this.journal?.slice();
  }

  async writeJournal(bytes: Uint8Array): Promise<void> {
    this.change('journal');
    this.journal = bytes.slice();
  }

  async removeJournal(): Promise<void> {
    this.change('no journal');
    this.journal = undefined;
  }

  async hasEntries(slot: SlotName): Promise<boolean> {
    return this.folders[slot]?.isEmpty === false;
  }

  async openSlot(slot: SlotName): Promise<FakeReleaseFolder> {
    return this.folders[slot] ?? refuse('TAMPERED', `there is no slot ${slot}`);
  }

  async requireRoom(_slot: SlotName, bytes: number): Promise<void> {
    if (bytes > this.freeBytes) refuse('IO', 'the disk is full');
  }

  async openPlace(slot: SlotName, keep: boolean): Promise<FetchPlace> {
    if (!keep || this.folders[slot] === undefined) {
      this.change(`empty ${slot}`);
      this.folders[slot] = new FakeReleaseFolder({}, this.pathOf(slot));
    }
    return new FakePlace(this.folders[slot]!, (change) => this.change(change));
  }

  async putBundle(slot: SlotName, bytes: Uint8Array): Promise<void> {
    this.change(`bundle ${slot}`);
    (await this.openSlot(slot)).put(`${METADATA_FOLDER}/bundle.json`, bytes);
  }

  async asUpdater<T>(task: () => Promise<T>): Promise<T> {
    if (this.isUpdating) refuse('BUSY', 'another process installs here');
    this.isUpdating = true;
    try {
      return await task();
    } finally {
      this.isUpdating = false;
    }
  }

  private change(change: string): void {
    if (this.changes.length >= this.powerFor) throw new Error('the power is gone');
    this.changes.push(change);
  }
}

/** Files grow in memory, chunk by chunk. */
class FakePlace implements FetchPlace {
  readonly location: string;
  private readonly kept = new Set<string>();

  constructor(
    private readonly folder: FakeReleaseFolder,
    private readonly change: (change: string) => void,
  ) {
    this.location = folder.location;
  }

  async requireRoom(): Promise<void> {}

  async open(path: string, sizeBytes: number): Promise<FetchedFile> {
    this.kept.add(path);
    const before = this.folder.bytesOf(path);
    const bytes = new Uint8Array(sizeBytes);
    bytes.set((before ?? new Uint8Array()).subarray(0, sizeBytes));
    if (before?.length !== sizeBytes) this.put(path, bytes);
    return {
      // nobody digests it where it is put together: it has no file to read from
      fd: -1,
      sizeBytes,
      isNew: before === undefined,
      readInto: (offset, into) => into.set(bytes.subarray(offset, offset + into.length)),
      write: async (index, chunk) => {
        bytes.set(chunk, index * CHUNK_BYTES);
        this.put(path, bytes);
      },
      sync: async () => {},
      close: async () => {},
    };
  }

  async putMetadata(path: string, bytes: Uint8Array): Promise<void> {
    this.kept.add(`${METADATA_FOLDER}/${path}`);
    this.put(`${METADATA_FOLDER}/${path}`, bytes);
  }

  async finish(): Promise<void> {
    this.change('finish');
    this.removeAllBut(this.kept);
  }

  async discard(): Promise<void> {
    this.change('discard');
    this.removeAllBut(new Set());
  }

  async close(): Promise<void> {}

  private put(path: string, bytes: Uint8Array): void {
    this.change(`write ${path}`);
    this.folder.put(path, bytes);
  }

  private removeAllBut(kept: ReadonlySet<string>): void {
    for (const path of this.folder.paths) if (!kept.has(path)) this.folder.remove(path);
  }
}

function isSame(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === undefined || b === undefined ? a === b : bytesEqual(a, b);
}
