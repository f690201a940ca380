import type { DigestEngine } from '@weighbridge/core/digest-engine';
import { isWeighbridgeError } from '@weighbridge/core/errors';
import type { ProgressListener } from '@weighbridge/ports/progress';
import type { Slots } from '@weighbridge/ports/slots';
import type { ProvenBase, UpdatePackage } from '@weighbridge/ports/update-package';
import type { AcceptedClaim } from '@weighbridge/verify/claim';
import { summarizeFindings } from '@weighbridge/verify/finding';
import { refusalError, refuse } from '@weighbridge/verify/refusal';
import {
  emptySlots,
  type FilledSlot,
  idleSlot,
  type SlotName,
  type SlotsState,
  trialOf,
} from '@weighbridge/verify/slot-state';
import { clearIdle, startTrial } from '@weighbridge/verify/slot-state-changes';
import type { Trust } from '@weighbridge/verify/trust';
import { bundleIn, requireBase, requireInstallable, requireSameTarget } from './decide-install.js';
import { isSameInstall, writeNote } from './install-journal.js';
import type { DeviceStateDoor } from './keep-device-state.js';
import { putUpdateParts } from './put-update-parts.js';
import { memoryBeside, type ReadSlots, readSlots, replaceSlots } from './slots-state.js';
import { findFaults } from './verify-slot.js';

export interface InstallDoors {
  readonly slots: Slots;
  readonly pack: UpdatePackage;
  readonly engine: DigestEngine;
  /** Asked once there is something to verify. @throws UNTRUSTED where nothing is trusted */
  readonly trust: () => Promise<Trust>;
  readonly deviceState: DeviceStateDoor;
  readonly hostSeconds: number;
  readonly progress: ProgressListener;
  readonly signal: AbortSignal;
}

export interface Installed {
  /** False when the same release is on trial already: nothing was changed. */
  readonly changed: boolean;
  readonly slot: SlotName;
  readonly holds: FilledSlot;
  readonly triesLeft: number;
}

/**
 * The journey of an update: package → proof → floors → base → room → the whole package decoded once → the idle slot is
 * emptied → chunks → the slot is verified as at boot → it is active, on trial. Until the idle slot is emptied nothing is
 * changed; until the end the active slot stays what it is.
 * @param tries boots without a confirmation, at least 1
 * @throws the first refusal; USAGE while another release is on trial; BUSY when another process installs here
 */
export function installPackage(doors: InstallDoors, tries: number): Promise<Installed> {
  return doors.slots.asUpdater(async () => {
    const read = await readSlots(doors.slots);
    const same = sameOnTrial(doors.pack, read.state);
    if (same !== undefined) {
      await doors.slots.removeJournal();
      return same;
    }
    const claim = await requireClaim(doors, read.state);
    const base = await proveBase(doors, read.state);
    try {
      await doors.pack.checkWhole(base);
      return await install(doors, read, claim, base, tries);
    } finally {
      await base?.close();
    }
  });
}

/** slots-v1 §3.1. @throws USAGE */
function sameOnTrial({ target }: UpdatePackage, state: SlotsState): Installed | undefined {
  const trial = trialOf(state);
  if (trial === undefined || state.active === undefined) return undefined;
  if (target.kind === 'release' && target.releaseDigest === trial.releaseDigest)
    return { changed: false, slot: state.active, holds: trial, triesLeft: state.triesLeft };
  throw refusalError(
    refuse(
      'USAGE',
      `${trial.release} is on trial in slot ${state.active}: nothing else is installed meanwhile`,
      'confirm it (weighbridge ota confirm) or go back (weighbridge ota rollback) first',
      { release: trial.release },
    ),
  );
}

async function requireClaim(doors: InstallDoors, state: SlotsState): Promise<AcceptedClaim> {
  const bundle = bundleIn(doors.pack);
  requireSameTarget(doors.pack, bundle);
  const trust = await doors.trust();
  const deviceState = memoryBeside(state, doors.deviceState);
  return requireInstallable({ trust, deviceState, hostSeconds: doors.hostSeconds, state }, bundle);
}

async function proveBase({ pack, slots }: InstallDoors, state: SlotsState): Promise<ProvenBase | undefined> {
  requireBase(pack, state);
  await slots.requireRoom(idleSlot(state), pack.targetBytes);
  if (pack.base === undefined || state.active === undefined) return undefined;
  return pack.proveBase(await slots.openSlot(state.active));
}

/** slots-v1 §5.2: each step is durable before the next begins. */
async function install(
  doors: InstallDoors,
  read: ReadSlots,
  claim: AcceptedClaim,
  base: ProvenBase | undefined,
  tries: number,
): Promise<Installed> {
  const { slots, pack } = doors;
  const slot = idleSlot(read.state);
  const note = { slot, packageDigest: pack.packageDigest, releaseDigest: claim.releaseDigest };
  const keep = read.state.slots[slot].state === 'empty' && (await isSameInstall(slots, note));
  const started = read.bytes === undefined ? await replaceSlots(slots, read, emptySlots()) : read;
  if (!keep) await writeNote(slots, note);
  const cleared = keep ? started : await replaceSlots(slots, started, clearIdle(started.state));
  await fill(doors, slot, keep, claim, base);

  const { ref, releaseDigest, proven } = claim;
  const release = { release: ref.name, releaseDigest, versionCode: proven.versionCode };
  doors.signal.throwIfAborted();
  const { state } = await replaceSlots(slots, cleared, startTrial(cleared.state, ref.model, release, tries));
  await slots.removeJournal();
  return { changed: true, slot, holds: { ...release, state: 'trial' }, triesLeft: state.triesLeft };
}

/** What another run of the same command may mend stays where it is; anything else is of no use. */
const MENDABLE = new Set(['IO', 'BUSY', 'LIMIT', 'INTERNAL']);

async function fill(
  doors: InstallDoors,
  slot: SlotName,
  keep: boolean,
  claim: AcceptedClaim,
  base: ProvenBase | undefined,
): Promise<void> {
  const place = await doors.slots.openPlace(slot, keep);
  try {
    await doors.pack.writeTo(place, base);
    await putUpdateParts(doors.pack, place);
    await place.finish();
    await requireRelease(doors, slot, claim);
  } catch (error) {
    if (isWeighbridgeError(error) && !MENDABLE.has(error.code)) await place.discard();
    throw error;
  } finally {
    await place.close();
  }
}

/** Good deltas with a wrong result are not activated: the slot is compared with the proven manifest, as at boot. */
async function requireRelease(doors: InstallDoors, slot: SlotName, { manifest, ref }: AcceptedClaim): Promise<void> {
  const folder = await doors.slots.openSlot(slot);
  const { entries } = await folder.scan([]);
  const findings = await findFaults({ ...doors, folder }, manifest, entries);
  if (findings.length > 0) throw refusalError(summarizeFindings(ref, findings));
}
