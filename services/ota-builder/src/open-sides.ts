import type { DigestEngine } from '@weighbridge/core/digest-engine';
import { WeighbridgeError } from '@weighbridge/core/errors';
import type { BuildOrder, DeltaSide } from '@weighbridge/journeys/build-package';
import type { ContentDoors } from '@weighbridge/journeys/open-content';
import { openReleaseSide } from '@weighbridge/journeys/open-release-side';
import type { Channel } from '@weighbridge/ports/channel';
import type { ReleaseStore } from '@weighbridge/ports/release-store';
import type { DeltaBench } from '@weighbridge/service-kit/delta-bench';
import type { DeltaJob, DeltaSideOrder } from '@weighbridge/service-kit/delta-job';
import type { DeltaShelf } from '@weighbridge/service-kit/delta-shelf';

/** How long a channel may give nothing. */
const IDLE_MS = 30_000;

export interface BuildDoors extends ContentDoors {
  readonly engine: DigestEngine;
  readonly releases: ReleaseStore;
  readonly channels: readonly Channel[];
  readonly deltas: DeltaShelf;
  readonly bench: DeltaBench;
}

/** An order whose target is a registered release. */
export type ReleaseOrder = BuildOrder & { readonly bundle: Uint8Array };

/**
 * Takes both releases out of the channels and opens them; the caller closes them.
 * @throws UNVERIFIABLE when a part cannot be got now; TAMPERED when it is wrong wherever it lies; IO
 */
export async function openSides(doors: BuildDoors, { from, to, bundle }: DeltaJob): Promise<ReleaseOrder> {
  const bytes = await doors.deltas.bundles.get(bundle);
  if (bytes === undefined) throw absentBundle(to);
  const base = from === null ? undefined : await openSide(doors, from, 'base');
  try {
    return { base, target: await openSide(doors, to, 'target'), bundle: bytes };
  } catch (error) {
    await base?.content.close();
    throw error;
  }
}

async function openSide(doors: BuildDoors, release: DeltaSideOrder, side: 'base' | 'target'): Promise<DeltaSide> {
  const { bench } = doors;
  const place = await bench.place(side);
  const openFolder = (location: string) => bench.openFolder(location);
  return openReleaseSide({ ...doors, place, openFolder, idleMs: IDLE_MS }, release, `reading the ${side}`);
}

/** Another try would not find it either: whoever orders seals one. */
function absentBundle({ ref }: DeltaSideOrder): WeighbridgeError {
  return new WeighbridgeError('USAGE', `the bundle for the package of ${ref.name} is not in the home folder`, {
    hint: 'order the package again: that seals a new one',
    details: { release: ref.name },
  });
}
