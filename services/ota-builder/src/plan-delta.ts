import { measurePackage } from '@weighbridge/journeys/build-package';
import { deltaMembers, factsOfReport } from '@weighbridge/journeys/delta-facts';
import type { JobData } from '@weighbridge/ports/queue';
import type { DeltaJob } from '@weighbridge/service-kit/delta-job';
import { keepPlan } from './keep-plan.js';
import type { BuildDoors, ReleaseOrder } from './with-sides.js';

/** Measures a package and keeps what it would come to. */
export async function planDelta(doors: BuildDoors, job: DeltaJob, order: ReleaseOrder): Promise<JobData> {
  const facts = factsOfReport(order, job.budgetBytes, await measurePackage(doors, order));
  const { totalBytes, budgetBytes, fits } = deltaMembers(facts);
  return { plan: await keepPlan(doors, job, facts), totalBytes, budgetBytes, fits };
}
