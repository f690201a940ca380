import type { RelativePath } from '@weighbridge/core/brands';
import { isWeighbridgeError } from '@weighbridge/core/errors';
import { parseReleaseRef } from '@weighbridge/core/names';
import { type PackageReceipt, publishPackage } from '@weighbridge/journeys/publish-package';
import { PACKAGE_SUFFIX } from '@weighbridge/service-kit/delta-bench';
import type { DeltaRecord } from '@weighbridge/service-kit/delta-record';
import type { BuildDoors } from './with-sides.js';

/**
 * Publishes a package of the shelf on every channel that can be published to, each read back, and notes where it is.
 * @throws UNVERIFIABLE when a channel cannot be reached: the package stays on the shelf, another try publishes it
 */
export async function publishKept(doors: BuildDoors, record: DeltaRecord): Promise<readonly PackageReceipt[]> {
  const { packageDigest, versionCode } = record;
  const { model } = parseReleaseRef(record.release);
  const folder = await doors.deltas.openAsFolder(packageDigest);
  const path = `${packageDigest}${PACKAGE_SUFFIX}` as RelativePath;
  const receipts: PackageReceipt[] = [];
  for (const channel of doors.channels) {
    const receipt = await unlessReadOnly(() =>
      publishPackage(doors, channel, { packageDigest, model, versionCode, folder, path }),
    );
    if (receipt !== undefined) receipts.push(receipt);
  }
  await doors.deltas.putRecord({ ...record, channels: receipts });
  return receipts;
}

/** Releases may be taken from where nothing can be put. */
async function unlessReadOnly<T>(publish: () => Promise<T>): Promise<T | undefined> {
  try {
    return await publish();
  } catch (error) {
    if (isWeighbridgeError(error) && error.code === 'USAGE') return undefined;
    throw error;
  }
}
