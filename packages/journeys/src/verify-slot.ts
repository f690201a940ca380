import type { DigestEngine } from '@weighbridge/core/digest-engine';
import { isWeighbridgeError, WeighbridgeError } from '@weighbridge/core/errors';
import { showPath } from '@weighbridge/core/paths';
import type { Manifest } from '@weighbridge/manifest/manifest';
import type { ProgressListener } from '@weighbridge/ports/progress';
import type { FolderEntry, ReleaseFolder } from '@weighbridge/ports/release-folder';
import type { Slots } from '@weighbridge/ports/slots';
import type { AcceptedClaim, ClaimFacts } from '@weighbridge/verify/claim';
import { folderMatch } from '@weighbridge/verify/file-set';
import { type Finding, summarizeFindings } from '@weighbridge/verify/finding';
import { type Refused, refusedBy } from '@weighbridge/verify/refusal';
import { atVersionFloor, decideSlotFiles, releaseEntries } from '@weighbridge/verify/slot-files';
import { bootFloor, type FilledSlot, type SlotName, type SlotsState } from '@weighbridge/verify/slot-state';
import type { Trust } from '@weighbridge/verify/trust';
import { type ClaimDecision, decideClaim } from '@weighbridge/verify/verdict';
import { checkFiles, namePointers } from './check-files.js';
import { type DeviceStateDoor, type KnownState, readDeviceState } from './keep-device-state.js';
import { rememberingFolder } from './remembering-folder.js';
import { type EvidenceDoors, findSlotEvidence, type SlotEvidence } from './slot-evidence.js';

/** So many leaves belong to a file of 1 TiB. */
const LEAVES_MAX_BYTES = 64 * 1024 * 1024;

export interface VerifySlotDoors extends EvidenceDoors {
  readonly slots: Slots;
  readonly engine: DigestEngine;
  readonly trust: Trust;
  readonly deviceState: DeviceStateDoor;
  readonly hostSeconds: number;
  readonly progress: ProgressListener;
  readonly signal: AbortSignal;
}

export interface SlotOrder {
  readonly name: SlotName;
  readonly slot: FilledSlot;
  readonly state: SlotsState;
  /** The active release is revoked: the version code floor does not count. */
  readonly isFallback: boolean;
}

export type SlotVerdict =
  | {
      readonly accepted: true;
      readonly claim: AcceptedClaim;
      readonly evidence: SlotEvidence;
      /** The same decision for what the device knows by then. */
      readonly decide: (known: KnownState) => ClaimDecision;
      /** @throws TAMPERED when a file is no longer the one that was compared */
      requireUnchanged(): Promise<void>;
    }
  | {
      readonly accepted: false;
      readonly refusal: Refused;
      /** Where the proof proves anything. */
      readonly claim?: ClaimFacts | undefined;
      readonly evidence?: SlotEvidence | undefined;
    };

/** slots-v1 §4: whether a slot may boot. Whatever keeps it from being found good is a refusal; nothing is remembered. */
export async function verifySlot(doors: VerifySlotDoors, order: SlotOrder): Promise<SlotVerdict> {
  try {
    return await examine(doors, order);
  } catch (error) {
    if (isWeighbridgeError(error)) return { accepted: false, refusal: refusedBy(error) };
    throw error;
  }
}

async function examine(doors: VerifySlotDoors, order: SlotOrder): Promise<SlotVerdict> {
  const { folder, firstChanged } = rememberingFolder(await doors.slots.openSlot(order.name));
  const evidence = await findSlotEvidence(doors, folder, order.slot);
  const { entries } = await folder.scan([]);
  const decide = (known: KnownState): ClaimDecision => decideSlot(doors, order, evidence, entries, known);
  const decision = decide(await readDeviceState(doors.deviceState));
  const { claim } = decision;
  if (!decision.accepted) return { accepted: false, refusal: decision.refusal, claim, evidence };

  const findings = await findFaults({ ...doors, folder }, decision.claim.manifest, entries);
  if (findings.length > 0)
    return { accepted: false, refusal: summarizeFindings(decision.claim.ref, findings), claim, evidence };
  const requireUnchanged = async (): Promise<void> => {
    const changed = await firstChanged();
    if (changed !== undefined) throw exchanged(changed);
  };
  return { accepted: true, claim: decision.claim, evidence, decide, requireUnchanged };
}

function decideSlot(
  { trust, hostSeconds }: VerifySlotDoors,
  { slot, state, isFallback }: SlotOrder,
  { bundle }: SlotEvidence,
  entries: readonly FolderEntry[],
  known: KnownState,
): ClaimDecision {
  const floor = isFallback ? 0 : bootFloor(slot, state);
  const deviceState = typeof known === 'string' ? known : atVersionFloor(known, bundle.ref.model, floor);
  const folder = folderMatch(bundle.manifest, releaseEntries(entries));
  return decideClaim({ trust, bundle, folder, deviceState, hostSeconds });
}

/** The file set before the bytes. */
export async function findFaults(
  doors: Pick<VerifySlotDoors, 'engine' | 'progress' | 'signal'> & { readonly folder: ReleaseFolder },
  manifest: Manifest,
  entries: readonly FolderEntry[],
): Promise<readonly Finding[]> {
  const { folder } = doors;
  const set = decideSlotFiles(manifest, entries);
  if (set.length > 0) return namePointers(folder, set);
  const leaves = (tree: string) => folder.readMetadata(`leaves/${tree}`, LEAVES_MAX_BYTES);
  return checkFiles({ ...doors, leaves }, manifest, false);
}

function exchanged(path: string): WeighbridgeError {
  return new WeighbridgeError('TAMPERED', `${showPath(path)} was changed after it was compared`, {
    hint: 'find out who writes to the slots, and install the release again',
    details: { file: showPath(path) },
  });
}
