import { prepareHomeIfWritable } from '@weighbridge/files-local/home';
import { acquireLockIfWritable } from '@weighbridge/files-local/home-lock';
import { openDocument } from '@weighbridge/files-local/local-document';
import type { DeviceStateDoor } from '@weighbridge/journeys/keep-device-state';
import type { Context } from './context.js';

/** The file that excludes all others who would change a device state. */
export function deviceStateLock(path: string): string {
  return `${path}.lock`;
}

/**
 * Where the device's memory lies: the file that `--state` names, else the home folder's. None for `--state none`
 * and for a plain online verification, which neither reads nor keeps one.
 */
export function deviceStateDoor(
  context: Context,
  state: string | undefined,
  online: boolean,
): DeviceStateDoor | undefined {
  if (state === 'none' || (state === undefined && online)) return undefined;
  const path = state ?? context.home.deviceState;
  return {
    document: openDocument(path),
    mayBeReadOnly: state === undefined,
    alone: async (task) => {
      if (state === undefined && !(await prepareHomeIfWritable(context.home))) return undefined;
      const lock = await acquireLockIfWritable(deviceStateLock(path), {
        timeoutMs: context.lockTimeoutMs,
        signal: context.signal,
      });
      if (lock === undefined) return undefined;
      try {
        return await task();
      } finally {
        await lock.release();
      }
    },
  };
}
