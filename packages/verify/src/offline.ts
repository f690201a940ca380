import type { Digest } from '@weighbridge/core/brands';
import { isWeighbridgeError } from '@weighbridge/core/errors';
import { parseReleaseRef } from '@weighbridge/core/names';
import type { Outcome } from '@weighbridge/core/outcome';
import type { ManifestFile } from '@weighbridge/manifest/manifest';
import { type Bundle, parseBundle } from './bundle.js';
import type { ClaimFacts } from './claim.js';
import { type DeviceState, emptyDeviceState, learnOk, learnRevoked } from './device-state.js';
import { canonicalDeviceState, parseDeviceState } from './device-state-file.js';
import { decideFileSet, folderMatch, type ScannedEntry } from './file-set.js';
import { digestFinding, type Finding, summarizeFindings } from './finding.js';
import { type Refused, refusedBy } from './refusal.js';
import { parseTrust } from './trust.js';
import { type ClaimDecision, decideClaim } from './verdict.js';

/** A file on disk with the tree-v1 root of its bytes; no root for what is no regular file. */
export interface OfflineEntry extends ScannedEntry {
  readonly tree?: Digest;
}

export interface OfflineInput {
  readonly trustBytes: Uint8Array;
  readonly bundleBytes: Uint8Array;
  /** The device state; undefined for a new device. */
  readonly stateBytes?: Uint8Array | undefined;
  /** Unix seconds of the host clock. */
  readonly hostSeconds: number;
  /** `ns/name@version` that is asked for. */
  readonly wanted?: string | undefined;
  /** Everything below the folder but a top-level `.weighbridge/`. */
  readonly entries: readonly OfflineEntry[];
}

export interface OfflineVerdict {
  readonly outcome: Outcome;
  readonly message: string;
  /** The next step; absent with OK. */
  readonly hint?: string;
  readonly details: Refused['details'];
  readonly claim?: ClaimFacts;
  /** The device state to keep, durably, before anything is loaded; absent when nothing is learned. */
  readonly stateBytes?: Uint8Array;
}

/**
 * The whole offline verification but for reading the disk, for devices that embed it: a bundle, a trust file,
 * a device state and the digests of a folder in, one verdict out. Never throws for bad input.
 */
export function verifyOffline(input: OfflineInput): OfflineVerdict {
  try {
    return verify(input, parseBundle(input.bundleBytes));
  } catch (error) {
    if (!isWeighbridgeError(error)) throw error;
    return verdictOf(refusedBy(error));
  }
}

function verify(input: OfflineInput, bundle: Bundle): OfflineVerdict {
  const state = readState(input.stateBytes);
  const decision = decideClaim({
    trust: parseTrust(input.trustBytes),
    bundle,
    wanted: input.wanted === undefined ? undefined : parseReleaseRef(input.wanted),
    folder: folderMatch(bundle.manifest, input.entries),
    deviceState: state,
    hostSeconds: input.hostSeconds,
  });
  if (!decision.accepted) return refused(decision, state);
  const refusal = tampered(bundle, input.entries);
  if (refusal !== undefined) return verdictOf(refusal, decision.claim);
  const learned = learnOk(state as DeviceState, decision.claim, { hostSeconds: input.hostSeconds });
  return {
    outcome: 'OK',
    message: `${bundle.ref.name} is ${decision.claim.status}`,
    details: { release: bundle.ref.name },
    claim: decision.claim,
    stateBytes: canonicalDeviceState(learned),
  };
}

function readState(bytes: Uint8Array | undefined): DeviceState | 'damaged' {
  if (bytes === undefined) return emptyDeviceState();
  try {
    return parseDeviceState(bytes);
  } catch (error) {
    if (!isWeighbridgeError(error)) throw error;
    return 'damaged';
  }
}

function refused(
  { refusal, claim }: Extract<ClaimDecision, { accepted: false }>,
  state: DeviceState | 'damaged',
): OfflineVerdict {
  const verdict = verdictOf(refusal, claim);
  if (refusal.code !== 'REVOKED' || claim === undefined || state === 'damaged') return verdict;
  return { ...verdict, stateBytes: canonicalDeviceState(learnRevoked(state, claim)) };
}

/** bundle-v1 §9: the file set before the bytes. */
function tampered({ ref, manifest }: Bundle, entries: readonly OfflineEntry[]): Refused | undefined {
  const found = new Map(entries.map((entry) => [entry.path, entry]));
  const set = decideFileSet(manifest, entries, { allowGitAttributes: false });
  const findings =
    set.length > 0 ? set : manifest.files.flatMap((file) => wrongBytes(file, found.get(file.path)?.tree));
  return findings.length === 0 ? undefined : summarizeFindings(ref, findings);
}

function wrongBytes(file: ManifestFile, tree: Digest | undefined): Finding[] {
  return tree === file.tree ? [] : [digestFinding(file.path, 'tree', file.tree, tree ?? 'not digested')];
}

function verdictOf({ code, message, hint, details }: Refused, claim?: ClaimFacts): OfflineVerdict {
  return { outcome: code, message, hint, details, ...(claim === undefined ? {} : { claim }) };
}
