import { acquireLock } from '@weighbridge/files-local/home-lock';
import { openDocument } from '@weighbridge/files-local/local-document';
import { openReleaseFolder } from '@weighbridge/files-local/local-release-folder';
import { openSlotPlace } from '@weighbridge/files-local/slot-place';
import type { Slots } from '@weighbridge/ports/slots';
import { openSlots } from '../local-slots.js';

/** Slots as the command line opens them; nobody waits for a lock. */
export function openLocalSlots(root: string, create = false): Promise<Slots> {
  const parts = {
    openDocument: (path: string) => openDocument(path, { mode: 0o644 }),
    openFolder: openReleaseFolder,
    openPlace: openSlotPlace,
    acquireLock: (path: string) => acquireLock(path, { timeoutMs: 0 }),
  };
  return openSlots(root, parts, create);
}
