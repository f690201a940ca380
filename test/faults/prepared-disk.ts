import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { DiskImage } from './disk-image.js';
import type { Scenario } from './scenario.js';

/** A prepared disk of a scenario, unmounted; it and its copies go when the test has ended. */
export interface PreparedDisk {
  readonly image: DiskImage;
  /** @returns a folder for copies of the image */
  copies(name: string): string;
}

export async function prepareDisk(scenario: Scenario): Promise<PreparedDisk> {
  const folder = mkdtempSync(join(tmpdir(), 'weighbridge-faults-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const image = DiskImage.make(join(folder, 'prepared.img'), join(folder, 'disk'), scenario.mebibytes);
  await image.with(async () => scenario.prepare(image.folder));
  const copies = (name: string) => {
    mkdirSync(join(folder, name), { recursive: true });
    return join(folder, name);
  };
  return { image, copies };
}
