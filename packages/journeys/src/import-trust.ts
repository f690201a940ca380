import type { ModelName } from '@weighbridge/core/brands';
import { WeighbridgeError } from '@weighbridge/core/errors';
import type { Document } from '@weighbridge/ports/document';
import { type DeviceState, dropCheckpoints, resetModel } from '@weighbridge/verify/device-state';
import { canonicalDeviceState, DEVICE_STATE_MAX_BYTES, parseDeviceState } from '@weighbridge/verify/device-state-file';
import { refusalError } from '@weighbridge/verify/refusal';
import { canonicalTrust, parseTrust, type Trust, TRUST_MAX_BYTES } from '@weighbridge/verify/trust';
import { decideTrustImport } from '@weighbridge/verify/trust-import';
import { replaceDocument } from './replace-document.js';

export interface ImportTrustDoors {
  readonly trust: Document;
  readonly deviceState: Document;
  /** Leaves a durable trace of a reset before anything is changed. */
  readonly log: (entry: {
    readonly event: string;
    readonly models: readonly string[];
    readonly trustVersion: number;
  }) => Promise<void>;
}

export interface ImportedTrust {
  readonly trust: Trust;
  readonly witnessesDiffer: boolean;
}

/**
 * Makes a trust file the device's, because a person says so. With other witnesses the checkpoint numbers and the time
 * floor of that chain go; with `reset` also the floors of the named models.
 * @throws MALFORMED; ROLLBACK below the present version; USAGE for a development chain over another; UNVERIFIABLE for a damaged state;
 *   IO where the trust file or the state cannot be written
 */
export async function importTrust(
  doors: ImportTrustDoors,
  bytes: Uint8Array,
  reset: readonly ModelName[],
): Promise<ImportedTrust> {
  const offered = parseTrust(bytes);
  const present = await doors.trust.read(TRUST_MAX_BYTES);
  const decision = decideTrustImport(present === undefined ? undefined : parseTrust(present), offered);
  if (!decision.accepted) throw refusalError(decision.refusal);
  const { witnessesDiffer } = decision;
  if (witnessesDiffer || reset.length > 0) await forget(doors, offered, witnessesDiffer, reset);
  await replaceDocument(doors.trust, canonicalTrust(offered));
  return { trust: offered, witnessesDiffer };
}

async function forget(
  doors: ImportTrustDoors,
  trust: Trust,
  witnessesDiffer: boolean,
  reset: readonly ModelName[],
): Promise<void> {
  if (reset.length > 0) await doors.log({ event: 'trust-reset', models: reset, trustVersion: trust.version });
  const bytes = await doors.deviceState.read(DEVICE_STATE_MAX_BYTES);
  if (bytes === undefined) return;
  let state = parseState(doors.deviceState, bytes);
  if (witnessesDiffer) state = dropCheckpoints(state, trust);
  for (const model of reset) state = resetModel(state, model);
  await replaceDocument(doors.deviceState, canonicalDeviceState(state));
}

function parseState(document: Document, bytes: Uint8Array): DeviceState {
  try {
    return parseDeviceState(bytes);
  } catch (cause) {
    throw new WeighbridgeError('UNVERIFIABLE', `the device state ${document.location} is damaged`, {
      hint: 'find out why; remove it by hand only where a rollback cannot have happened, then import again',
      cause,
    });
  }
}
