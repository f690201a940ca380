import { measurePackage } from '@weighbridge/journeys/build-package';
import { deltaMembers, factsOfReport } from '@weighbridge/journeys/delta-facts';
import type { JobData } from '@weighbridge/ports/queue';
import type { DeltaJob } from '@weighbridge/service-kit/delta-job';
import { keepPlan } from './keep-plan.js';
import type { BuildDoors, ReleaseOrder } from './with-sides.js';

/** Measures a package and keeps what it would come to. */
export async function planDelta(doors: BuildDoors, job: DeltaJob, order: ReleaseOrder): Promise<JobData> {
  const report = await measurePackage(doors, order);
  const facts = factsOfReport(order, job.budgetBytes, report);
  const { totalBytes, budgetBytes, fits } = deltaMembers(facts);
  return { plan: await keepPlan(doors, job, facts, report), totalBytes, budgetBytes, fits };
}
