import { isWeighbridgeError } from '@weighbridge/core/errors';
import { parseBundle } from '@weighbridge/verify/bundle';
import { BUNDLE_MAX_BYTES } from '@weighbridge/verify/bundle-bytes';
import type { ClaimFacts } from '@weighbridge/verify/claim';
import { atVersionFloor } from '@weighbridge/verify/slot-files';
import { idleSlot, type SlotName, type SlotsState } from '@weighbridge/verify/slot-state';
import { decideClaim } from '@weighbridge/verify/verdict';
import { keepRevoked, readDeviceState } from './keep-device-state.js';
import { type GivenBundle, isLater, newestOf, type SlotEvidence } from './slot-evidence.js';
import type { VerifySlotDoors } from './verify-slot.js';

/** slots-v1 §4.3: a good proof that is later than the slot's own takes its place. @throws BUSY, TAMPERED, IO */
export async function keepBundle(
  doors: VerifySlotDoors,
  slot: SlotName,
  { isOwn, bytes }: Pick<SlotEvidence, 'isOwn' | 'bytes'>,
  claim: ClaimFacts,
): Promise<void> {
  if (isOwn || !isLater(claim, await ownClaim(doors, slot, claim))) return;
  await doors.slots.putBundle(slot, bytes);
}

/**
 * A bundle that was handed in for the slot which is not to boot: it lies there when that slot must boot one day.
 * @returns what is to be said of it
 */
export async function takeIdleBundle(doors: VerifySlotDoors, state: SlotsState): Promise<readonly string[]> {
  const name = idleSlot(state);
  const slot = state.slots[name];
  const given = slot.state === 'empty' ? undefined : newestOf(doors.bundles, slot);
  if (given === undefined) return [];
  const known = await readDeviceState(doors.deviceState);
  const deviceState = typeof known === 'string' ? known : atVersionFloor(known, given.bundle.ref.model, 0);
  const decision = decideClaim({ ...doors, bundle: given.bundle, deviceState });
  const { claim } = decision;
  if (claim === undefined || !(decision.accepted || decision.refusal.code === 'REVOKED')) {
    return [notKept(name, given, decision.accepted ? '' : `${decision.refusal.code}: ${decision.refusal.message}`)];
  }
  const notes = decision.accepted ? [] : [decision.refusal.message, ...(await keepRevoked(doors.deviceState, claim))];
  try {
    await keepBundle(doors, name, { isOwn: false, bytes: given.bytes }, claim);
  } catch (error) {
    // What lies in the idle slot keeps nobody from booting the active one.
    if (!isWeighbridgeError(error)) throw error;
    notes.push(notKept(name, given, error.message));
  }
  return notes;
}

function notKept(slot: SlotName, { bundle }: GivenBundle, why: string): string {
  return `the bundle of ${bundle.ref.name} was not kept in slot ${slot}: ${why}`;
}

/** What the slot's own bundle proves; undefined when it proves nothing, or nothing of this release. */
async function ownClaim(
  { slots, trust, hostSeconds }: VerifySlotDoors,
  slot: SlotName,
  { releaseDigest }: ClaimFacts,
): Promise<ClaimFacts | undefined> {
  const bytes = await (await slots.openSlot(slot)).readMetadata('bundle.json', BUNDLE_MAX_BYTES);
  try {
    if (bytes === undefined) return undefined;
    const bundle = parseBundle(bytes);
    if (bundle.releaseDigest !== releaseDigest) return undefined;
    return decideClaim({ trust, bundle, deviceState: 'unused', hostSeconds }).claim;
  } catch (error) {
    if (isWeighbridgeError(error)) return undefined;
    throw error;
  }
}
