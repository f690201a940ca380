import type { Digest } from '@weighbridge/core/brands';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { isDigest } from '@weighbridge/core/hex';
import type { ReleaseRef } from '@weighbridge/core/names';
import { revokedRelease } from '@weighbridge/journeys/find-release';
import type { Job } from '@weighbridge/ports/queue';
import { type DeltaJob, type DeltaSideOrder, deltaJobOrder, deltaKey } from '@weighbridge/service-kit/delta-job';
import { JOB_KINDS } from '@weighbridge/service-kit/job-data';
import type { AttestationDoors } from './attestation-doors.js';
import { knownRelease } from './known-release.js';

export interface DeltaRequest {
  readonly mode: DeltaJob['mode'];
  readonly from: ReleaseRef | null;
  readonly to: ReleaseRef;
  readonly budgetBytes: number | null;
}

type WantedDelta = Omit<DeltaJob, 'bundle'>;

/** How long devices may use the bundle in a package; half of it old, a package is built anew. */
const MAX_AGE_SECONDS = 30 * 86_400;
const ROUNDS = 1_000;

/**
 * The job that plans or builds a package. The same two releases are the same job for as long as what it made is of use.
 * @throws 404 for an unknown release; REVOKED, NOT_APPROVED for a target that no device would take; LIMIT when the package
 *   is there and over the budget
 */
export async function orderDelta(doors: AttestationDoors, request: DeltaRequest): Promise<Job> {
  const to = await sideOf(doors, request.to);
  if (to.isRevoked) throw revokedRelease(to.ref, 'no device would install it');
  // The base may be revoked: that is what many updates are for.
  const from = request.from === null ? null : await sideOf(doors, request.from);
  const wanted = { mode: request.mode, from, to, budgetBytes: request.budgetBytes };
  for (let round = 0; round < ROUNDS; round += 1) {
    const job = await doors.queue.get(`${JOB_KINDS.delta}-${deltaKey(wanted, round)}`);
    if (job === undefined || isToBeDoneAgain(job, wanted)) return addJob(doors, wanted, round);
    if (job.state !== 'done' || (await isOfUse(doors, job))) return requireFit(job, wanted);
  }
  throw new WeighbridgeError('LIMIT', `a package for ${to.ref.name} was built ${ROUNDS} times`, {
    hint: 'register a new version of the model',
  });
}

async function sideOf(
  { chain }: AttestationDoors,
  ref: ReleaseRef,
): Promise<DeltaSideOrder & { readonly isRevoked: boolean }> {
  const { digest: releaseDigest, status } = await knownRelease(chain, ref);
  return { ref, releaseDigest, isRevoked: status === 'revoked' };
}

async function addJob(doors: AttestationDoors, wanted: WantedDelta, round: number): Promise<Job> {
  const bundle = await doors.deltas.bundles.put(await doors.seal(wanted.to.ref, MAX_AGE_SECONDS));
  return doors.queue.add(deltaJobOrder({ ...wanted, bundle }, round));
}

/** What was over a budget stays over it. */
function isToBeDoneAgain({ state, failure }: Job, { budgetBytes }: WantedDelta): boolean {
  if (state !== 'dead') return state === 'cancelled';
  const totalBytes = failure?.outcome === 'LIMIT' ? failure.details.totalBytes : undefined;
  return typeof totalBytes !== 'number' || budgetBytes === null || totalBytes <= budgetBytes;
}

async function isOfUse({ deltas, nowSeconds }: AttestationDoors, { result }: Job): Promise<boolean> {
  if (isDigest(result?.plan)) return (await deltas.plans.get(result.plan)) !== undefined;
  const record = isDigest(result?.packageDigest) ? await deltas.record(result.packageDigest as Digest) : undefined;
  return record !== undefined && nowSeconds() - record.sealedAt < MAX_AGE_SECONDS / 2;
}

/** The package may have been built for a larger budget. */
function requireFit(job: Job, { mode, budgetBytes }: WantedDelta): Job {
  const { state, result } = job;
  if (mode === 'plan' || state !== 'done' || budgetBytes === null || Number(result?.totalBytes) <= budgetBytes)
    return job;
  throw new WeighbridgeError(
    'LIMIT',
    `the package has ${result?.totalBytes} bytes, more than the budget of ${budgetBytes}`,
    {
      hint: `GET /v1/deltas/${result?.packageDigest} says what each file takes; raise the budget, or send less`,
      details: {
        totalBytes: Number(result?.totalBytes),
        budgetBytes,
        packageDigest: String(result?.packageDigest),
      },
    },
  );
}
