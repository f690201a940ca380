import type { FetchPlace } from './fetch-place.js';
import type { ReleaseFolder } from './release-folder.js';

export type SlotName = 'a' | 'b';

/**
 * The door to a slots folder (slots-v1): two release folders, the file that says which of them boots, and the note of an
 * install in progress. It hands bytes and folders out; what they mean is decided elsewhere.
 */
export interface Slots {
  /** As the user named it. */
  readonly location: string;
  /** Absolute path of a slot's folder, whether or not it is there. */
  pathOf(slot: SlotName): string;
  /** `state.json`; undefined when it is absent. @throws LIMIT over `maxBytes`; USAGE when it is no regular file; IO */
  readState(maxBytes: number): Promise<Uint8Array | undefined>;
  /**
   * Replaces `state.json` durably, if it still is what was read.
   * @param read what `readState` gave
   * @throws BUSY when it has changed since, or another process holds the lock; IO
   */
  replaceState(read: Uint8Array | undefined, next: Uint8Array): Promise<void>;
  /** Undefined when it is absent, no regular file or larger than `maxBytes`: it is only a hint. @throws IO */
  readJournal(maxBytes: number): Promise<Uint8Array | undefined>;
  /** Durable when it returns. @throws BUSY, IO */
  writeJournal(bytes: Uint8Array): Promise<void>;
  /** @throws IO */
  removeJournal(): Promise<void>;
  /** Whether a slot's folder has any entry. @throws IO */
  hasEntries(slot: SlotName): Promise<boolean>;
  /** @throws TAMPERED when no folder is there; IO */
  openSlot(slot: SlotName): Promise<ReleaseFolder>;
  /** @throws IO when `bytes` do not fit, where all that the slot holds now will be gone */
  requireRoom(slot: SlotName, bytes: number): Promise<void>;
  /**
   * Where a release is put together: in the slot itself. `finish` removes what was not opened or put, and makes the rest
   * durable.
   * @param keep leaves what lies there, to be compared and gone on with; else the slot is emptied first
   * @throws IO
   */
  openPlace(slot: SlotName, keep: boolean): Promise<FetchPlace>;
  /** Replaces `.weighbridge/bundle.json` of a slot durably; a power cut leaves nothing else in the slot. @throws BUSY, TAMPERED, IO */
  putBundle(slot: SlotName, bytes: Uint8Array): Promise<void>;
  /** Runs a task as the one that installs here. @throws BUSY */
  asUpdater<T>(task: () => Promise<T>): Promise<T>;
}
