import { readdirSync, realpathSync, rmSync, statSync } from 'node:fs';
import { rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { isWeighbridgeError, WeighbridgeError } from '@weighbridge/core/errors';
import { bytesEqual } from '@weighbridge/core/hex';
import { METADATA_FOLDER, showPath } from '@weighbridge/core/paths';
import { makeFolderDurably } from '@weighbridge/durable-files/durable-folder';
import { removeDurably } from '@weighbridge/durable-files/durable-remove';
import { syncFolder } from '@weighbridge/durable-files/durable-sync';
import { asIoError, saysAbsent } from '@weighbridge/durable-files/io-error';
import { writeTemporary } from '@weighbridge/durable-files/temporary-file';
import type { Document } from '@weighbridge/ports/document';
import type { FetchPlace } from '@weighbridge/ports/fetch-place';
import type { ReleaseFolder } from '@weighbridge/ports/release-folder';
import type { SlotName, Slots } from '@weighbridge/ports/slots';
import { emptyFolder, hasEntries, kindOfSlot, requireRoomFor } from './slot-folder.js';
import { requireOwnEntries } from './slot-owners.js';

/** What a slots folder is made of; other adapters know how. */
export interface SlotParts {
  openDocument(path: string): Document;
  openFolder(path: string): Promise<ReleaseFolder>;
  /** @param path an existing folder */
  openPlace(path: string): FetchPlace;
  /** @throws BUSY */
  acquireLock(path: string): Promise<{ release(): Promise<void> }>;
}

/** What killed writers leave in the slots folder: names of `temporaryName`. */
const LEFTOVER = /^\.(?:state\.json|journal|bundle\.json)\.[0-9a-f]{16}\.tmp$/;

/**
 * Opens a slots folder of this machine.
 * @param create makes it where there is none
 * @throws USAGE when it is absent or no folder, or others could write to it or to what is ours in it; IO
 */
export async function openSlots(dir: string, parts: SlotParts, create = false): Promise<Slots> {
  if (create && dir !== '' && !isThere(dir)) await makeFolderDurably(dir, 0o755);
  const root = requireFolder(dir);
  requireOwnEntries(root);
  return new LocalSlots(dir, root, parts);
}

class LocalSlots implements Slots {
  private readonly state: Document;
  private readonly journal: Document;

  constructor(
    readonly location: string,
    private readonly root: string,
    private readonly parts: SlotParts,
  ) {
    this.state = parts.openDocument(join(root, 'state.json'));
    this.journal = parts.openDocument(join(root, 'journal'));
  }

  pathOf(slot: SlotName): string {
    return join(this.root, slot);
  }

  readState(maxBytes: number): Promise<Uint8Array | undefined> {
    return this.state.read(maxBytes);
  }

  async replaceState(read: Uint8Array | undefined, next: Uint8Array): Promise<void> {
    await this.alone(async () => {
      if (!isSame(read, await this.state.read(Number.MAX_SAFE_INTEGER))) throw changed(this.location);
      await write(this.state, next);
    });
  }

  async readJournal(maxBytes: number): Promise<Uint8Array | undefined> {
    try {
      return await this.journal.read(maxBytes);
    } catch (error) {
      if (isWeighbridgeError(error) && ['USAGE', 'LIMIT'].includes(error.code)) return undefined;
      throw error;
    }
  }

  async writeJournal(bytes: Uint8Array): Promise<void> {
    await this.alone(async () => {
      await removeObstacle(this.journal.location);
      await write(this.journal, bytes);
    });
  }

  removeJournal(): Promise<void> {
    return removeDurably(this.journal.location);
  }

  async hasEntries(slot: SlotName): Promise<boolean> {
    return hasEntries(this.pathOf(slot));
  }

  async openSlot(slot: SlotName): Promise<ReleaseFolder> {
    const path = this.pathOf(slot);
    if (kindOfSlot(path) !== 'folder') throw noSlot(path);
    return this.parts.openFolder(path);
  }

  async requireRoom(slot: SlotName, bytes: number): Promise<void> {
    requireRoomFor(this.pathOf(slot), bytes);
  }

  async openPlace(slot: SlotName, keep: boolean): Promise<FetchPlace> {
    const path = this.pathOf(slot);
    if (!keep || kindOfSlot(path) !== 'folder') await emptyFolder(path);
    return this.parts.openPlace(path);
  }

  async putBundle(slot: SlotName, bytes: Uint8Array): Promise<void> {
    const folder = join(this.pathOf(slot), METADATA_FOLDER);
    if (kindOfSlot(this.pathOf(slot)) !== 'folder' || kindOfSlot(folder) !== 'folder') throw noSlot(folder);
    await this.alone(() => moveInto(join(folder, 'bundle.json'), join(this.root, 'bundle.json'), bytes));
  }

  async asUpdater<T>(task: () => Promise<T>): Promise<T> {
    const lock = await this.parts.acquireLock(join(this.root, 'install.lock'));
    try {
      return await task();
    } finally {
      await lock.release();
    }
  }

  /** For as long as it takes to replace one file: who verifies or installs for minutes holds nobody up. */
  private async alone(task: () => Promise<void>): Promise<void> {
    const lock = await this.parts.acquireLock(join(this.root, 'lock'));
    try {
      removeLeftovers(this.root);
      await task();
    } finally {
      await lock.release();
    }
  }
}

/**
 * A half-written file in a slot would be TAMPERED at the next boot, so that the temporary one lies in the slots folder.
 * @param beside a name there, from which that of the temporary file is made
 */
async function moveInto(path: string, beside: string, bytes: Uint8Array): Promise<void> {
  try {
    const temporary = await writeTemporary(beside, bytes, { mode: 0o644 });
    try {
      await rename(temporary, path);
    } catch (error) {
      await unlink(temporary).catch(() => {});
      throw error;
    }
    await syncFolder(join(path, '..'));
  } catch (cause) {
    throw asIoError('write', path, cause);
  }
}

function removeLeftovers(root: string): void {
  for (const name of readdirSync(root)) if (LEFTOVER.test(name)) rmSync(join(root, name), { force: true });
}

/** The journal is only a hint: what lies at its name and is no file makes way. */
async function removeObstacle(path: string): Promise<void> {
  if (kindOfSlot(path) === 'folder') rmSync(path, { recursive: true });
  else if (kindOfSlot(path) === 'other') await removeDurably(path);
}

async function write(document: Document, bytes: Uint8Array): Promise<void> {
  if (await document.write(bytes)) return;
  throw new WeighbridgeError('IO', `${showPath(document.location)} is in a read-only place`, {
    hint: 'make the slots folder writable for this user',
    details: { file: showPath(document.location) },
  });
}

function isSame(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === undefined || b === undefined ? a === b : bytesEqual(a, b);
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** A path that is itself a symlink is resolved once, here. */
function requireFolder(dir: string): string {
  try {
    const root = realpathSync(dir);
    if (dir !== '' && statSync(root).isDirectory()) return root;
    throw unusable(dir, 'is no folder');
  } catch (cause) {
    if (saysAbsent(cause)) throw unusable(dir, 'does not exist');
    throw asIoError('look at', dir, cause);
  }
}

function unusable(dir: string, problem: string): WeighbridgeError {
  const shown = dir === '' ? 'the empty path' : showPath(dir);
  return new WeighbridgeError('USAGE', `${shown} ${problem}, where a slots folder belongs`, {
    hint: 'name the slots folder; the first `weighbridge ota install` makes it',
    details: { file: showPath(dir) },
  });
}

function noSlot(path: string): WeighbridgeError {
  return new WeighbridgeError('TAMPERED', `${showPath(path)} is absent, or no folder`, {
    hint: 'install the release again: weighbridge ota install FILE',
    details: { file: showPath(path) },
  });
}

function changed(location: string): WeighbridgeError {
  return new WeighbridgeError('BUSY', `the slots of ${showPath(location)} were changed by another command meanwhile`, {
    hint: 'run the same command again',
    details: { file: showPath(location) },
  });
}
