import type { Digest } from '@weighbridge/core/brands';
import { canonicalBytes } from '@weighbridge/core/canonical-json';
import { bytesEqual } from '@weighbridge/core/hex';
import type { Slots } from '@weighbridge/ports/slots';
import type { SlotName } from '@weighbridge/verify/slot-state';

const JOURNAL_MAX_BYTES = 4096;

/** slots-v1 §5.1: which package is being written into which slot. */
export interface InstallNote {
  readonly slot: SlotName;
  readonly packageDigest: Digest;
  readonly releaseDigest: Digest;
}

/** Whether a broken-off run of the same install left something to go on with. Anything else than its exact note says no. */
export async function isSameInstall(slots: Slots, note: InstallNote): Promise<boolean> {
  const bytes = await slots.readJournal(JOURNAL_MAX_BYTES);
  return bytes !== undefined && bytesEqual(bytes, journalBytes(note));
}

export async function writeNote(slots: Slots, note: InstallNote): Promise<void> {
  await slots.writeJournal(journalBytes(note));
}

function journalBytes({ slot, packageDigest, releaseDigest }: InstallNote): Uint8Array {
  return canonicalBytes({ format: 'slots-journal-v1', slot, packageDigest, releaseDigest });
}
