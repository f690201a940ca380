import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DiskImage } from './disk-image.js';
import type { Scenario } from './scenario.js';

/** A disk as a scenario prepares it, unmounted; it stays as it is, what is done is done to copies. */
export interface PreparedDisk {
  readonly scenario: Scenario;
  readonly image: DiskImage;
  /** Makes an empty folder for copies of the image. */
  copies(): string;
  remove(): void;
}

export async function prepareDisk(scenario: Scenario): Promise<PreparedDisk> {
  const folder = mkdtempSync(join(tmpdir(), 'weighbridge-faults-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  const image = DiskImage.make(join(folder, 'prepared.img'), join(folder, 'disk'), scenario.mebibytes);
  try {
    await image.with(() => scenario.prepare(image.folder));
  } catch (error) {
    remove();
    throw error;
  }
  let made = 0;
  const copies = () => {
    made += 1;
    mkdirSync(join(folder, `${made}`));
    return join(folder, `${made}`);
  };
  return { scenario, image, copies, remove };
}
