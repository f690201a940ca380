import { WeighbridgeError } from '@weighbridge/core/errors';
import { showPath } from '@weighbridge/core/paths';
import type { Slots } from '@weighbridge/ports/slots';
import type { AcceptedClaim, ClaimFacts } from '@weighbridge/verify/claim';
import { type Refused, refusalError, refuse } from '@weighbridge/verify/refusal';
import {
  activeSlot,
  type FilledSlot,
  idleSlot,
  type SlotName,
  SLOT_NAMES,
  type SlotsState,
  triesUsedUp,
} from '@weighbridge/verify/slot-state';
import { countBoot, countFailure, endTrial, fallBack } from '@weighbridge/verify/slot-state-changes';
import { developmentNotes, type Trust } from '@weighbridge/verify/trust';
import { keepAccepted, keepRevoked } from './keep-device-state.js';
import { keepBundle, takeIdleBundle } from './keep-bundle.js';
import { memoryBeside, type ReadSlots, readSlots, replaceSlots } from './slots-state.js';
import { type SlotVerdict, type VerifySlotDoors, verifySlot } from './verify-slot.js';

export interface BootDoors extends Omit<VerifySlotDoors, 'trust'> {
  /** Asked once there is something to verify. @throws UNTRUSTED where nothing is trusted */
  readonly trust: () => Promise<Trust>;
}

export type BootVerdict =
  | {
      readonly accepted: true;
      readonly slot: SlotName;
      /** Absolute path of the release folder. */
      readonly path: string;
      readonly claim: AcceptedClaim;
      readonly triesLeft: number;
      readonly notes: readonly string[];
      /** To be asked right before anything is started. @throws TAMPERED */
      requireUnchanged(): Promise<void>;
    }
  | {
      readonly accepted: false;
      readonly slot: SlotName;
      readonly refusal: Refused;
      readonly claim: ClaimFacts | undefined;
      readonly notes: readonly string[];
    };

type Accepted = Extract<SlotVerdict, { accepted: true }>;
type Refusal = Extract<SlotVerdict, { accepted: false }>;

/**
 * The journey of every start: which slot boots → its proof → its files → what is remembered → the boot is counted.
 * Nothing may be started unless it is accepted.
 * @throws UNVERIFIABLE when nothing is installed, or the state is damaged; WRONG_ARTIFACT for a bundle of neither slot; USAGE, BUSY, IO
 */
export async function bootSlots(given: BootDoors): Promise<BootVerdict> {
  const read = await endUsedUp(given.slots, await readSlots(given.slots));
  const { name, slot } = requireBootable(given.slots, read.state);
  requireOwnBundles(given, read.state);
  const deviceState = memoryBeside(read.state, given.deviceState);
  const doors: VerifySlotDoors = { ...given, trust: await given.trust(), deviceState };

  const idleNotes = await takeIdleBundle(doors, read.state);
  const notes = [...idleNotes, ...developmentNotes(doors.trust.chainId)];
  const verdict = await verifySlot(doors, { name, slot, state: read.state, isFallback: false });
  if (verdict.accepted) return accept(doors, read, name, verdict, countBoot(read.state), notes);
  return refuseSlot(doors, read, name, verdict, notes);
}

/** slots-v1 §3.5: tries that are used up end the trial before anything is looked at. */
async function endUsedUp(slots: Slots, read: ReadSlots): Promise<ReadSlots> {
  if (!triesUsedUp(read.state)) return read;
  return replaceSlots(slots, read, endTrial(read.state, 'its tries were used up, and nobody confirmed it'));
}

function requireBootable({ location }: Slots, state: SlotsState): { name: SlotName; slot: FilledSlot } {
  const slot = activeSlot(state);
  if (state.active !== undefined && slot !== undefined && slot.state !== 'failed') return { name: state.active, slot };
  const problem =
    slot?.state === 'failed'
      ? `${slot.release} in slot ${state.active} has failed (${slot.reason}), and there is nothing to fall back to`
      : `nothing is installed in ${showPath(location)}`;
  throw new WeighbridgeError('UNVERIFIABLE', problem, {
    hint: `install a full package: weighbridge ota install FILE --slots ${showPath(location)}`,
    ...(slot === undefined ? {} : { details: { release: slot.release, slot: state.active } }),
  });
}

function requireOwnBundles({ bundles }: BootDoors, { slots }: SlotsState): void {
  const filled = SLOT_NAMES.flatMap((name) => (slots[name].state === 'empty' ? [] : [slots[name]]));
  const stranger = bundles.find(({ bundle }) => !filled.some((slot) => slot.releaseDigest === bundle.releaseDigest));
  if (stranger === undefined) return;
  const held = filled.map(({ release }) => release).join(' and ');
  throw refusalError(
    refuse(
      'WRONG_ARTIFACT',
      `a bundle is of ${stranger.bundle.ref.name}, the slots hold ${held}`,
      'give bundles of what is installed alone; weighbridge ota status says what that is',
      { release: stranger.bundle.ref.name, expected: held, found: stranger.bundle.ref.name },
    ),
  );
}

/**
 * The proof goes into the slot before anything is remembered of it: a device that remembers a later block than its slot can
 * prove would never boot again without a network.
 */
async function accept(
  doors: VerifySlotDoors,
  read: ReadSlots,
  slot: SlotName,
  verdict: Accepted,
  next: SlotsState,
  notes: readonly string[],
): Promise<BootVerdict> {
  const { claim, decide, requireUnchanged } = verdict;
  await keepBundle(doors, slot, verdict.evidence, claim);
  const learning = { hostSeconds: doors.hostSeconds, raiseVersionCode: false };
  const kept = await keepAccepted(doors.deviceState, decide, learning);
  if ('refusal' in kept) return { accepted: false, slot, refusal: kept.refusal, claim, notes };
  doors.signal.throwIfAborted();
  await replaceSlots(doors.slots, read, next);
  const path = doors.slots.pathOf(slot);
  const told = [...notes, ...clockNotes(claim), ...kept.notes];
  return { accepted: true, slot, path, claim, triesLeft: next.triesLeft, notes: told, requireUnchanged };
}

async function refuseSlot(
  doors: VerifySlotDoors,
  read: ReadSlots,
  name: SlotName,
  verdict: Refusal,
  notes: readonly string[],
): Promise<BootVerdict> {
  const { refusal, claim, evidence } = verdict;
  const told = [...notes];
  if (refusal.code === 'REVOKED') {
    told.push(...(await keepRevoked(doors.deviceState, claim)));
    if (evidence !== undefined && claim !== undefined) await keepBundle(doors, name, evidence, claim);
    const instead = await bootFallback(doors, read, refusal, told);
    if (instead !== undefined) return instead;
  }
  await replaceSlots(doors.slots, read, countFailure(read.state, `${refusal.code}: ${refusal.message}`));
  return { accepted: false, slot: name, refusal, claim, notes: told };
}

/** slots-v1 §3.7: the other slot boots in place of a revoked release, after an OK of its own. */
async function bootFallback(
  doors: VerifySlotDoors,
  read: ReadSlots,
  revoked: Refused,
  notes: string[],
): Promise<BootVerdict | undefined> {
  const name = idleSlot(read.state);
  const slot = read.state.slots[name];
  if (slot.state !== 'confirmed') return undefined;
  const verdict = await verifySlot(doors, { name, slot, state: read.state, isFallback: true });
  if (verdict.accepted) {
    const next = fallBack(read.state, `${revoked.code}: ${revoked.message}`);
    const told = [`${revoked.message}: ${slot.release} in slot ${name} boots in its place`, ...notes];
    const booted = await accept(doors, read, name, verdict, next, told);
    if (booted.accepted) return booted;
    notes.push(`slot ${name} cannot boot in its place: ${booted.refusal.message}`);
    return undefined;
  }
  if (verdict.refusal.code === 'REVOKED') notes.push(...(await keepRevoked(doors.deviceState, verdict.claim)));
  notes.push(`slot ${name} cannot boot in its place: ${verdict.refusal.code}: ${verdict.refusal.message}`);
  return undefined;
}

function clockNotes({ clock }: AcceptedClaim): string[] {
  return clock === 'unset' ? ['the host clock is behind a time that was signed or accepted: it counts as unset'] : [];
}
