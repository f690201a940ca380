import type { Digest } from '@weighbridge/core/brands';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { buildPackage } from '@weighbridge/journeys/build-package';
import { type DeltaFacts, deltaMembers, factsOfReport, fits } from '@weighbridge/journeys/delta-facts';
import { readPackage } from '@weighbridge/journeys/read-package';
import type { DeltaJob } from '@weighbridge/service-kit/delta-job';
import type { DeltaRecord } from '@weighbridge/service-kit/delta-record';
import { parseBundle } from '@weighbridge/verify/bundle';
import { keepPlan } from './keep-plan.js';
import type { ReleaseOrder, SideDoors } from './with-sides.js';

/**
 * Builds a package and puts it onto the shelf.
 * @throws LIMIT when it is over the budget: the plan is kept, the package is not
 */
export async function buildDelta(doors: SideDoors, job: DeltaJob, order: ReleaseOrder): Promise<DeltaRecord> {
  const draft = await doors.bench.draft();
  try {
    const report = await buildPackage(doors, draft, order);
    const facts = factsOfReport(order, job.budgetBytes, report);
    if (!fits(facts)) throw overBudget(facts, await keepPlan(doors, job, facts, report));
    await draft.publish();
    const record = recordOf(await builtDigest(doors.bench), job, order, facts);
    await doors.bench.keep(record);
    return record;
  } finally {
    await draft.close();
  }
}

function recordOf(
  packageDigest: Digest,
  { from, to, bundle }: DeltaJob,
  order: ReleaseOrder,
  facts: DeltaFacts,
): DeltaRecord {
  const { totalBytes, base, target, files } = deltaMembers(facts);
  const { checkpoint, manifest } = parseBundle(order.bundle);
  const sealedAt = Math.max(0, ...checkpoint.signatures.map(({ issuedAt }) => issuedAt));
  const names = {
    packageDigest,
    from: from?.ref.name ?? null,
    release: to.ref.name,
    versionCode: manifest.versionCode,
  };
  return { ...names, sealedAt, totalBytes, base, target, files, bundle, channels: [] };
}

/** Read from the disk: it names what devices will get. */
async function builtDigest(bench: SideDoors['bench']): Promise<Digest> {
  const file = await bench.openBuilt();
  try {
    return readPackage(file, 'the package').header.packageDigest;
  } finally {
    await file.close();
  }
}

function overBudget({ totalBytes, budgetBytes }: DeltaFacts, plan: Digest): WeighbridgeError {
  return new WeighbridgeError('LIMIT', `the package has ${totalBytes} bytes, more than the budget of ${budgetBytes}`, {
    hint: `GET /v1/deltas/plans/${plan} says what each file takes; raise the budget, or send less`,
    details: { totalBytes, budgetBytes: budgetBytes ?? 0, plan },
  });
}
