import type { DigestEngine } from '@weighbridge/core/digest-engine';
import type { ReleaseRef } from '@weighbridge/core/names';
import { METADATA_FOLDER } from '@weighbridge/core/paths';
import type { ProgressListener } from '@weighbridge/ports/progress';
import type { FolderScan, ReleaseFolder } from '@weighbridge/ports/release-folder';
import type { Bundle } from '@weighbridge/verify/bundle';
import type { AcceptedClaim, ClaimFacts } from '@weighbridge/verify/claim';
import { decideFileSet, folderMatch, passesOverGitAttributes } from '@weighbridge/verify/file-set';
import { type Finding, summarizeFindings } from '@weighbridge/verify/finding';
import type { Refused } from '@weighbridge/verify/refusal';
import { developmentNotes, type Trust } from '@weighbridge/verify/trust';
import { type ClaimDecision, decideClaim } from '@weighbridge/verify/verdict';
import { checkFiles, type LeavesFinder, namePointers } from './check-files.js';
import {
  type DeviceStateDoor,
  type KnownState,
  keepAccepted,
  keepRevoked,
  readDeviceState,
} from './keep-device-state.js';

export interface VerifyOrder {
  /** What the caller wants this to be; undefined when any release will do. */
  readonly wanted: ReleaseRef | undefined;
  readonly allDigests: boolean;
  readonly gitCheckout: boolean;
}

export interface VerifyDoors {
  readonly folder: ReleaseFolder;
  readonly engine: DigestEngine;
  readonly trust: Trust;
  /** Parsed; nothing in it is believed yet. */
  readonly bundle: Bundle;
  readonly leaves: LeavesFinder;
  /** Undefined where none is read or kept. */
  readonly deviceState: DeviceStateDoor | undefined;
  readonly hostSeconds: number;
  readonly progress: ProgressListener;
  readonly signal: AbortSignal;
}

export type Verdict =
  | {
      readonly accepted: true;
      readonly claim: AcceptedClaim;
      readonly files: number;
      readonly bytes: number;
      readonly notes: readonly string[];
    }
  | {
      readonly accepted: false;
      readonly refusal: Refused;
      readonly claim: ClaimFacts | undefined;
      readonly notes: readonly string[];
    };

/**
 * The journey at boot: claim from a bundle → file set → bytes → verdict → remember what was accepted.
 * The first broken link is the verdict; nothing may be loaded unless it is accepted.
 */
export async function verifyAtBoot(doors: VerifyDoors, order: VerifyOrder): Promise<Verdict> {
  const scan = await doors.folder.scan(order.gitCheckout ? [METADATA_FOLDER, '.git'] : [METADATA_FOLDER]);
  const decide = (deviceState: KnownState): ClaimDecision =>
    decideClaim({
      trust: doors.trust,
      bundle: doors.bundle,
      wanted: order.wanted,
      folder: folderMatch(doors.bundle.manifest, scan.entries),
      deviceState,
      hostSeconds: doors.hostSeconds,
    });

  const decision = decide(await readDeviceState(doors.deviceState));
  const notes = notesOf(scan, order, doors, decision.claim);
  if (!decision.accepted) {
    const kept = decision.refusal.code === 'REVOKED' ? await keepRevoked(doors.deviceState, decision.claim) : [];
    return { accepted: false, refusal: decision.refusal, claim: decision.claim, notes: [...notes, ...kept] };
  }
  const { claim } = decision;
  const refusal = tampered(await findFaults(doors, order, claim, scan), claim, order);
  if (refusal !== undefined) return { accepted: false, refusal, claim, notes };

  const kept = await keepAccepted(doors.deviceState, decide, { hostSeconds: doors.hostSeconds });
  if ('refusal' in kept) return { accepted: false, refusal: kept.refusal, claim, notes };
  const { files } = claim.manifest;
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  return { accepted: true, claim, files: files.length, bytes, notes: [...notes, ...kept.notes] };
}

/** The file set before the bytes: no byte is read of a folder that holds something else. */
async function findFaults(
  doors: VerifyDoors,
  order: VerifyOrder,
  claim: AcceptedClaim,
  scan: FolderScan,
): Promise<readonly Finding[]> {
  const set = decideFileSet(claim.manifest, scan.entries, { allowGitAttributes: order.gitCheckout });
  return set.length > 0 ? namePointers(doors.folder, set) : checkFiles(doors, claim.manifest, order.allDigests);
}

function tampered(findings: readonly Finding[], claim: AcceptedClaim, order: VerifyOrder): Refused | undefined {
  if (findings.length === 0) return undefined;
  const refusal = summarizeFindings(claim.ref, findings);
  const isGit = !order.gitCheckout && findings.some(({ file }) => file.startsWith('.git/'));
  return isGit ? { ...refusal, hint: 'a Git checkout is no release folder: use verify --git-checkout' } : refusal;
}

function notesOf(
  scan: FolderScan,
  order: VerifyOrder,
  { bundle, trust }: VerifyDoors,
  claim: ClaimFacts | undefined,
): string[] {
  const attributes = order.gitCheckout && passesOverGitAttributes(bundle.manifest, scan.entries);
  return [
    ...scan.passedOver.map(
      (name) => `passed over ${name}/, which is no part of the release and is trusted for nothing`,
    ),
    ...(attributes ? ['passed over .gitattributes, which the release does not list'] : []),
    ...(claim?.clock === 'unset'
      ? ['the host clock is behind a time that was signed or accepted: it counts as unset']
      : []),
    ...developmentNotes(trust.chainId),
  ];
}
