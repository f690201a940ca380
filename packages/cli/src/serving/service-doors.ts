import { join } from 'node:path';
import type { DigestEngine } from '@weighbridge/core/digest-engine';
import type { Queue } from '@weighbridge/ports/queue';
import type { ReleaseStore } from '@weighbridge/ports/release-store';
import { createDeltaShelf, type DeltaShelf } from '@weighbridge/service-kit/delta-shelf';
import { createReleaseSources, type ReleaseSources } from '@weighbridge/service-kit/release-source';
import { createServiceLog, type ServiceLog } from '@weighbridge/service-kit/service-log';
import { createServiceMetrics, type ServiceMetrics } from '@weighbridge/service-kit/service-metrics';
import type { Context } from '../context.js';
import { openReleases } from '../releases.js';
import { openQueue } from './open-queue.js';

/** What all services have in common. */
export interface ServiceDoors {
  readonly log: ServiceLog;
  readonly metrics: ServiceMetrics;
  readonly queue: Queue;
  readonly engine: DigestEngine;
  readonly releases: ReleaseStore;
  readonly sources: ReleaseSources;
  readonly deltas: DeltaShelf;
}

export async function openServiceDoors(
  context: Context,
  service: string,
  roots: ReadonlyMap<string, string>,
): Promise<ServiceDoors> {
  return {
    log: createServiceLog(service),
    metrics: createServiceMetrics(),
    queue: await openQueue(context),
    engine: await context.engine(),
    releases: openReleases(context),
    sources: createReleaseSources({ roots, uploads: uploadsFolder(context) }),
    deltas: createDeltaShelf(context.home.deltas),
  };
}

export function uploadsFolder({ home }: Context): string {
  return join(home.root, 'uploads');
}
