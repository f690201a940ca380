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
}

export interface SideDoors extends BuildDoors {
  readonly bench: DeltaBench;
}

/** An order whose target is a registered release. */
export type ReleaseOrder = BuildOrder & { readonly bundle: Uint8Array };

/**
 * Takes both releases out of the channels for a task; they are gone after it.
 * @throws UNVERIFIABLE when a part cannot be got now; TAMPERED when it is wrong wherever it lies; IO; what the task throws
 */
export async function withSides<T>(
  doors: BuildDoors,
  job: DeltaJob,
  task: (doors: SideDoors, order: ReleaseOrder) => Promise<T>,
): Promise<T> {
  const bundle = await doors.deltas.bundles.get(job.bundle);
  if (bundle === undefined) throw absentBundle(job.to);
  const bench = await doors.deltas.openBench(doors.signal);
  const opened: DeltaSide[] = [];
  const open = async (release: DeltaSideOrder, side: 'base' | 'target'): Promise<DeltaSide> => {
    opened.push(await openSide({ ...doors, bench }, release, side));
    return opened.at(-1)!;
  };
  try {
    const base = job.from === null ? undefined : await open(job.from, 'base');
    return await task({ ...doors, bench }, { base, target: await open(job.to, 'target'), bundle });
  } finally {
    for (const { content } of opened) await content.close();
    await bench.remove();
  }
}

async function openSide(doors: SideDoors, release: DeltaSideOrder, side: 'base' | 'target'): Promise<DeltaSide> {
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
