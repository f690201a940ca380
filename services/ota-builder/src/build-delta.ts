import type { Digest } from '@weighbridge/core/brands';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { buildPackage } from '@weighbridge/journeys/build-package';
import { type DeltaFacts, deltaMembers, factsOfReport, fits } from '@weighbridge/journeys/delta-facts';
import { readPackage } from '@weighbridge/journeys/read-package';
import type { JobData } from '@weighbridge/ports/queue';
import type { DeltaJob } from '@weighbridge/service-kit/delta-job';
import { parseBundle } from '@weighbridge/verify/bundle';
import { keepPlan } from './keep-plan.js';
import type { BuildDoors, ReleaseOrder } from './open-sides.js';

/**
 * Builds a package and puts it onto the shelf.
 * @throws LIMIT when it is over the budget: the plan is kept, the package is not
 */
export async function buildDelta(doors: BuildDoors, job: DeltaJob, order: ReleaseOrder): Promise<JobData> {
  const { bench } = doors;
  const draft = await bench.draft();
  try {
    const facts = factsOfReport(order, job.budgetBytes, await buildPackage(doors, draft, order));
    if (!fits(facts)) throw overBudget(facts, await keepPlan(doors, job, facts));
    await draft.publish();
    return await keepPackage(doors, job, order, facts);
  } finally {
    await draft.close();
  }
}

async function keepPackage(
  { bench, deltas }: BuildDoors,
  { from, to, bundle }: DeltaJob,
  order: ReleaseOrder,
  facts: DeltaFacts,
): Promise<JobData> {
  const packageDigest = await builtDigest(bench);
  const { totalBytes, base, target, files } = deltaMembers(facts);
  const names = { packageDigest, from: from?.ref.name ?? null, release: to.ref.name };
  await bench.keep({ ...names, sealedAt: sealedAt(order.bundle), totalBytes, base, target, files });
  await deltas.bundles.remove(bundle);
  return { packageDigest, totalBytes, budgetBytes: facts.budgetBytes, fits: true };
}

/** Read from the disk: it names what devices will get. */
async function builtDigest(bench: BuildDoors['bench']): Promise<Digest> {
  const file = await bench.openBuilt();
  try {
    return readPackage(file, 'the package').header.packageDigest;
  } finally {
    await file.close();
  }
}

function sealedAt(bundle: Uint8Array): number {
  return Math.max(0, ...parseBundle(bundle).checkpoint.signatures.map(({ issuedAt }) => issuedAt));
}

function overBudget({ totalBytes, budgetBytes }: DeltaFacts, plan: Digest): WeighbridgeError {
  return new WeighbridgeError('LIMIT', `the package has ${totalBytes} bytes, more than the budget of ${budgetBytes}`, {
    hint: `GET /v1/deltas/plans/${plan} says what each file takes; raise the budget, or send less`,
    details: { totalBytes, budgetBytes: budgetBytes ?? 0, plan },
  });
}
