import { prepared } from './sandbox.js';

export interface DeviceFiles {
  readonly bundle?: string;
  readonly trust?: string;
}

/** The command line of a device that has a folder, a bundle and what its image builder gave it. */
export function verifyOffline(folder: string, files: DeviceFiles = {}, ...more: readonly string[]): string[] {
  const { bundle = prepared.bundle('pilot-1'), trust = prepared.trust } = files;
  return ['verify', folder, '--bundle', bundle, '--offline', '--trust', trust, ...more];
}
