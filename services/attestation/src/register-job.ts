import type { Digest } from '@weighbridge/core/brands';
import { isWeighbridgeError, WeighbridgeError } from '@weighbridge/core/errors';
import { type ReleaseRef, releaseRef } from '@weighbridge/core/names';
import type { Refusal } from '@weighbridge/core/outcome';
import { requireNamespace, revokedRelease } from '@weighbridge/journeys/find-release';
import type { Job, JobContext, JobData, JobFailure, JobHandler, JobOrder } from '@weighbridge/ports/queue';
import { JOB_KINDS, jobKey, readJob } from '@weighbridge/service-kit/job-data';
import { sourceData, sourceOf } from '@weighbridge/service-kit/release-source';
import type { AttestationDoors } from './attestation-doors.js';
import { hasEnded } from './job-answer.js';
import { refreshIndex } from './release-answer.js';

/** Two that register versions of one model at a time choose the same code; the later one chooses again. */
const CODE_CHOICES = 3;

/**
 * Does `register` jobs: digest → publish → attest on chain. Digest and publish are jobs of their own, done by whoever
 * does those; each is keyed by its content, so that a run after a kill finds what was done.
 */
export function registerHandler(doors: AttestationDoors): JobHandler {
  return async (context) => {
    for (let choice = 1; ; choice += 1) {
      try {
        return await registerOnce(doors, context);
      } catch (error) {
        const isChosen = context.job.data.versionCode !== null;
        if (isChosen || choice === CODE_CHOICES || !isWeighbridgeError(error) || error.code !== 'ROLLBACK') throw error;
      }
    }
  };
}

async function registerOnce(doors: AttestationDoors, context: JobContext): Promise<JobData> {
  const { data } = context.job;
  const ref = releaseRef(readJob.model(data), readJob.version(data));
  const { chain } = doors;
  const record = await chain.release(ref);
  if (record?.status === 'revoked') throw revokedRelease(ref, 'it cannot be registered again');
  const { publisher } = await requireNamespace(chain, ref.namespace);
  const signer = await doors.keys.signerOf(publisher);
  const versionCode = codeOf(data) ?? record?.versionCode ?? (await chain.model(ref.model)).latest + 1;

  const digested = await child(doors, context, digestOrder(context.job, ref, versionCode));
  const digest = readJob.digest(digested, 'releaseDigest');
  if (record !== undefined && record.digest !== digest) throw conflict(ref, record.digest, digest);

  const published = await child(doors, context, publishOrder(context.job, ref, digest));
  const receipt = record === undefined ? await chain.register({ ref, versionCode, digest }, signer) : undefined;
  await refreshIndex(doors, ref, context.signal);
  if (typeof data.upload === 'string') await doors.uploads.remove(data.upload);
  return {
    release: ref.name,
    releaseDigest: digest,
    contentDigest: readJob.digest(digested, 'contentDigest'),
    versionCode,
    created: receipt !== undefined,
    final: receipt?.final ?? true,
    channels: readJob.list(published, 'channels'),
  };
}

function codeOf({ versionCode }: JobData): number | undefined {
  return typeof versionCode === 'number' ? versionCode : undefined;
}

function digestOrder({ id, data }: Job, { model, version }: ReleaseRef, versionCode: number): JobOrder {
  const license = readJob.text(data, 'license');
  const content = { model, version, versionCode, license, parent: id, ...sourceData(sourceOf(data)) };
  return { kind: JOB_KINDS.digest, key: jobKey(content), data: content };
}

function publishOrder({ id, data }: Job, { model, version }: ReleaseRef, releaseDigest: Digest): JobOrder {
  const channels = readJob.list(data, 'channels');
  const content = { model, version, releaseDigest, channels, parent: id, ...sourceData(sourceOf(data)) };
  return { kind: JOB_KINDS.publish, key: jobKey(content), data: content };
}

/** Waits for a job that this one needs and tells its progress as the own one. @throws what made it fail */
async function child({ queue }: AttestationDoors, context: JobContext, order: JobOrder): Promise<JobData> {
  const { id } = await queue.add(order);
  for await (const job of queue.watch(id, context.signal)) {
    if (job.progress !== undefined) context.progress(job.progress);
    if (!hasEnded(job)) continue;
    if (job.state === 'done') return job.result ?? {};
    throw failed(order.kind, job.failure);
  }
  context.signal.throwIfAborted();
  throw new WeighbridgeError('UNVERIFIABLE', `the queue lost sight of the ${order.kind} job ${id}`, {
    hint: 'it is looked for again',
  });
}

function failed(kind: string, failure: JobFailure | undefined): WeighbridgeError {
  if (failure === undefined) {
    return new WeighbridgeError('USAGE', `its ${kind} job was cancelled`, { hint: 'order the registration again' });
  }
  const { outcome, message, hint, details } = failure;
  return new WeighbridgeError(outcome as Refusal, message, { ...(hint === undefined ? {} : { hint }), details });
}

function conflict(ref: ReleaseRef, registered: Digest, found: Digest): WeighbridgeError {
  return new WeighbridgeError('TAMPERED', `${ref.name} is registered with another manifest`, {
    hint: 'a version never changes: register these files under a new version',
    details: { release: ref.name, expected: registered, found },
  });
}
