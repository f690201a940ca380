import { acquireLock } from '@weighbridge/files-local/home-lock';
import { openDocument } from '@weighbridge/files-local/local-document';
import { openReleaseFolder } from '@weighbridge/files-local/local-release-folder';
import { openSlotPlace } from '@weighbridge/files-local/slot-place';
import type { DeviceStateDoor } from '@weighbridge/journeys/keep-device-state';
import type { Slots } from '@weighbridge/ports/slots';
import { openSlots } from '@weighbridge/slots-fs/local-slots';
import { type OptionValues, optionText } from './command.js';
import type { Context } from './context.js';
import { deviceStateDoor } from './device-state-door.js';
import { usage } from './usage.js';

/** The slots that `--slots` names. @param create makes the folder where there is none @throws USAGE, IO */
export function openNamedSlots(context: Context, options: OptionValues, create = false): Promise<Slots> {
  const { lockTimeoutMs: timeoutMs, signal } = context;
  const parts = {
    openDocument: (path: string) => openDocument(path, { mode: 0o644 }),
    openFolder: openReleaseFolder,
    openPlace: openSlotPlace,
    acquireLock: (path: string) => acquireLock(path, { timeoutMs, signal }),
  };
  return openSlots(optionText(options, 'slots')!, parts, create);
}

/** A device that boots remembers what it has accepted, always. @throws USAGE for `--state none` */
export function requireDeviceState(context: Context, options: OptionValues): DeviceStateDoor {
  const door = deviceStateDoor(context, optionText(options, 'state'), false);
  if (door !== undefined) return door;
  throw usage(
    '--state none is for auditors: a device that boots must remember what it has accepted',
    'leave it out, or name a file',
  );
}
