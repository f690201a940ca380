import type { BaseBytes } from '@weighbridge/delta/operation';
import { decodePackage } from './decode-package.js';
import { allLeaves, leafAddresses, leafBytes } from './leaf-addresses.js';
import type { ContentDoors } from './open-content.js';
import type { ReadPackage } from './read-package.js';

/** Decodes everything and writes nothing. @throws TAMPERED, MALFORMED, LIMIT */
export async function checkWhole(doors: ContentDoors, pack: ReadPackage, base: BaseBytes | undefined): Promise<void> {
  const all = allLeaves(pack);
  doors.progress.start('checking the package', leafBytes(pack, all));
  try {
    await decodePackage(doors, pack, base, leafAddresses(all), async () => {});
  } finally {
    doors.progress.stop();
  }
}
