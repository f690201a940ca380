import { isWeighbridgeError, WeighbridgeError } from '@weighbridge/core/errors';
import type { Document } from '@weighbridge/ports/document';
import type { ClaimFacts } from '@weighbridge/verify/claim';
import {
  type DeviceState,
  emptyDeviceState,
  type Learning,
  learnOk,
  learnRevoked,
} from '@weighbridge/verify/device-state';
import { canonicalDeviceState, DEVICE_STATE_MAX_BYTES, parseDeviceState } from '@weighbridge/verify/device-state-file';
import type { Refused } from '@weighbridge/verify/refusal';
import type { ClaimDecision } from '@weighbridge/verify/verdict';

export interface DeviceStateDoor {
  readonly document: Document;
  /** Whether a read-only place is obeyed and said, rather than an error: for the default place alone. */
  readonly mayBeReadOnly: boolean;
  /** device-state-v1 §1.4: whether a missing one is damaged: beside slots that were confirmed. */
  readonly missingIsDamaged?: boolean;
  /** Runs a task alone among processes; undefined when the place is read-only. */
  readonly alone: <T>(task: () => Promise<T>) => Promise<T | undefined>;
}

/** What a device knows; `unused` where it is not asked. */
export type KnownState = DeviceState | 'damaged' | 'unused';

/** A missing state is a new device where it may be; anything but a good state is damaged. */
export async function readDeviceState(door: DeviceStateDoor | undefined): Promise<KnownState> {
  if (door === undefined) return 'unused';
  try {
    const bytes = await door.document.read(DEVICE_STATE_MAX_BYTES);
    if (bytes !== undefined) return parseDeviceState(bytes);
    return door.missingIsDamaged === true ? 'damaged' : emptyDeviceState();
  } catch (error) {
    if (isWeighbridgeError(error) && (error.code === 'MALFORMED' || error.code === 'LIMIT')) return 'damaged';
    throw error;
  }
}

/**
 * Remembers an accepted release. Another process may have raised a floor since the decision, so the decision is taken
 * again alone, with the state as it is then.
 * @throws IO when the state cannot be written: without memory there is no OK
 */
export async function keepAccepted(
  door: DeviceStateDoor | undefined,
  decide: (state: KnownState) => ClaimDecision,
  learning: Learning,
): Promise<{ readonly notes: readonly string[] } | { readonly refusal: Refused }> {
  if (door === undefined) return { notes: [] };
  const kept = await door.alone(async () => {
    const state = await readDeviceState(door);
    const decision = decide(state);
    if (!decision.accepted) return { refusal: decision.refusal };
    if (typeof state === 'string') throw new Error(`a claim was accepted with a ${state} device state`);
    return {
      written: await door.document.write(canonicalDeviceState(learnOk(state, decision.claim, learning))),
    };
  });
  if (kept?.refusal !== undefined) return { refusal: kept.refusal };
  return { notes: notKept(door, kept?.written === true) };
}

/** Remembers a revocation: the digest and minAllowed alone. A state that cannot be kept does not soften the refusal. */
export async function keepRevoked(
  door: DeviceStateDoor | undefined,
  claim: ClaimFacts | undefined,
): Promise<readonly string[]> {
  if (door === undefined || claim === undefined) return [];
  const written = await door.alone(async () => {
    const state = await readDeviceState(door);
    if (state === 'damaged' || state === 'unused') return false;
    return door.document.write(canonicalDeviceState(learnRevoked(state, claim)));
  });
  return written === true ? [] : [`the revocation was not kept in the device state ${door.document.location}`];
}

function notKept(door: DeviceStateDoor, written: boolean): string[] {
  if (written) return [];
  const { location } = door.document;
  if (door.mayBeReadOnly) return [`the device state ${location} is read-only: it was obeyed and not changed`];
  throw new WeighbridgeError('IO', `the device state ${location} cannot be written, so nothing was accepted`, {
    hint: 'make its folder writable, or use --state none where no memory is wanted (auditors)',
  });
}
