import type { Digest } from '@weighbridge/core/brands';
import { isWeighbridgeError } from '@weighbridge/core/errors';
import { parseReleaseRef } from '@weighbridge/core/names';
import type { Outcome } from '@weighbridge/core/outcome';
import type { Manifest } from '@weighbridge/manifest/manifest';
import { type Bundle, parseBundle } from './bundle.js';
import type { ClaimFacts } from './claim.js';
import {
  canonicalDeviceState,
  type DeviceState,
  emptyDeviceState,
  learnOk,
  learnRevoked,
  parseDeviceState,
} from './device-state.js';
import { decideFileDigests } from './file-digests.js';
import { decideFileSet, folderMatch, type ScannedEntry } from './file-set.js';
import { type Refused, refuse, refusedBy } from './refusal.js';
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
  const tampered = firstTampered(bundle.manifest, input.entries);
  if (tampered !== undefined) return verdictOf(tampered, decision.claim);
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

/** The file set before the bytes. */
function firstTampered(manifest: Manifest, entries: readonly OfflineEntry[]): Refused | undefined {
  const [finding] = decideFileSet(manifest, entries, { allowGitAttributes: false });
  if (finding !== undefined) return refuse('TAMPERED', finding.message, finding.hint, { file: finding.file });
  const found = new Map(entries.map((entry) => [entry.path, entry]));
  for (const file of manifest.files) {
    const { sizeBytes, tree } = found.get(file.path)!;
    if (tree === undefined)
      return refuse('USAGE', `${file.path} comes without its tree root`, 'digest every listed file first');
    const difference = decideFileDigests(file, { sizeBytes, tree });
    if (difference !== undefined) {
      const { message, hint, expected, found: actual } = difference;
      return refuse('TAMPERED', message, hint, { file: difference.file, expected, found: actual });
    }
  }
  return undefined;
}

function verdictOf({ code, message, hint, details }: Refused, claim?: ClaimFacts): OfflineVerdict {
  return { outcome: code, message, hint, details, ...(claim === undefined ? {} : { claim }) };
}
