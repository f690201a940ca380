import type { Digest } from '@weighbridge/core/brands';
import { adviseOnPackage } from '@weighbridge/journeys/advise-on-package';
import type { PackageReport } from '@weighbridge/journeys/build-package';
import { type DeltaFacts, deltaMembers } from '@weighbridge/journeys/delta-facts';
import type { DeltaJob } from '@weighbridge/service-kit/delta-job';
import type { BuildDoors } from './with-sides.js';

/** Keeps the plan as whoever asks gets it. */
export function keepPlan(
  { deltas }: BuildDoors,
  { from, to, budgetBytes }: DeltaJob,
  facts: DeltaFacts,
  report: PackageReport,
): Promise<Digest> {
  const advice = adviseOnPackage(report, budgetBytes);
  const plan = { from: from?.ref.name ?? null, release: to.ref.name, ...deltaMembers(facts), advice };
  return deltas.plans.put(Buffer.from(JSON.stringify(plan)));
}
