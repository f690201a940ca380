import type { Digest } from '@weighbridge/core/brands';
import { parseReleaseRef } from '@weighbridge/core/names';
import { revokedRelease } from '@weighbridge/journeys/find-release';
import type { Job } from '@weighbridge/ports/queue';
import type { DeltaJob } from '@weighbridge/service-kit/delta-job';
import { HttpRefusal } from '@weighbridge/service-kit/problem';
import type { z } from 'zod';
import type { AttestationDoors } from '../attestation-doors.js';
import { parseRange } from '../byte-range.js';
import { deltaAnswer, deltaSummary, knownDelta } from '../delta-answer.js';
import { orderDelta } from '../delta-order.js';
import {
  DeltaBody,
  DeltaParams,
  DeltaPlanSchema,
  DeltaSchema,
  DeltasQuery,
  DeltasSchema,
  PlanParams,
} from '../delta-schemas.js';
import { hasEnded, jobAnswer } from '../job-answer.js';
import { knownRelease } from '../known-release.js';
import { audit } from '../release-answer.js';
import { type Reply, route } from '../route.js';
import { JobSchema } from '../schemas.js';
import { sendPackage } from '../send-package.js';

const DELTA = '/v1/deltas/{delta}';
const ORDERED = {
  200: { description: 'it ended already', schema: JobSchema },
  202: { description: 'the job that does it', schema: JobSchema },
};

export const DELTA_ROUTES = [
  route({
    method: 'get',
    path: '/v1/deltas',
    scope: 'read',
    summary: 'Packages that were built, by digest',
    query: DeltasQuery,
    replies: { 200: { description: 'a page', schema: DeltasSchema } },
    handle: async ({ doors, query: { release, after = '', limit } }) => {
      const deltas: ReturnType<typeof deltaSummary>[] = [];
      for (const digest of await doors.deltas.list()) {
        if (deltas.length === Number(limit)) break;
        const record = digest > after ? await doors.deltas.record(digest) : undefined;
        if (record !== undefined && (release ?? record.release) === record.release) deltas.push(deltaSummary(record));
      }
      return {
        status: 200,
        json: { deltas, next: deltas.length === Number(limit) ? deltas.at(-1)!.packageDigest : null },
      };
    },
  }),
  route({
    method: 'post',
    path: '/v1/deltas',
    scope: 'register',
    summary: 'Build a package that brings devices from one release to another; the same order is the same job',
    body: DeltaBody,
    replies: ORDERED,
    handle: ({ doors, body, actor }) => order(doors, 'build', body, actor),
  }),
  route({
    method: 'post',
    path: '/v1/deltas/plans',
    scope: 'register',
    summary: 'Measure what such a package would come to',
    body: DeltaBody,
    replies: ORDERED,
    handle: ({ doors, body, actor }) => order(doors, 'plan', body, actor),
  }),
  route({
    method: 'get',
    path: '/v1/deltas/plans/{plan}',
    scope: 'read',
    summary: 'A plan that a job names',
    params: PlanParams,
    replies: { 200: { description: 'the plan', schema: DeltaPlanSchema } },
    handle: async ({ doors, params }) => {
      const bytes = await doors.deltas.plans.get(params.plan as Digest);
      if (bytes === undefined)
        throw new HttpRefusal(
          404,
          'USAGE',
          'there is no such plan',
          'POST /v1/deltas/plans makes one; its job names it',
        );
      return { status: 200, bytes, type: 'application/json' };
    },
  }),
  route({
    method: 'get',
    path: DELTA,
    scope: 'read',
    summary: 'What a package holds, and the status of the release that it writes',
    params: DeltaParams,
    replies: { 200: { description: 'the package', schema: DeltaSchema } },
    handle: async ({ doors, params }) => ({
      status: 200,
      json: await deltaAnswer(doors, await knownDelta(doors, params.delta as Digest)),
    }),
  }),
  route({
    method: 'get',
    path: `${DELTA}/file`,
    scope: 'read',
    summary: 'The bytes of a package; takes one Range',
    params: DeltaParams,
    isLong: true,
    replies: {
      200: { description: 'delta-v1', type: 'application/octet-stream' },
      206: { description: 'the range', type: 'application/octet-stream' },
    },
    handle: async ({ doors, params, signal, request }) => {
      const { packageDigest, release } = await knownDelta(doors, params.delta as Digest);
      const ref = parseReleaseRef(release);
      if ((await knownRelease(doors.chain, ref)).status === 'revoked')
        throw revokedRelease(ref, 'no device would install it');
      const file = await doors.deltas.open(packageDigest);
      try {
        const range = parseRange(request.headers.range, file.sizeBytes);
        const isHead = request.method === 'HEAD';
        return { stream: (response) => sendPackage(response, file, { packageDigest, range, isHead, signal }) };
      } catch (error) {
        await file.close();
        throw error;
      }
    },
  }),
  route({
    method: 'delete',
    path: DELTA,
    scope: 'register',
    summary: 'Remove a package; ordered again it is built again',
    params: DeltaParams,
    replies: { 204: { description: 'it is not there' } },
    handle: async ({ doors, params, actor }) => {
      await doors.deltas.remove(params.delta as Digest);
      await audit(doors, actor, 'remove package', params.delta);
      return { status: 204 };
    },
  }),
];

async function order(
  doors: AttestationDoors,
  mode: DeltaJob['mode'],
  { from, to, budget = null }: z.infer<typeof DeltaBody>,
  actor: string,
): Promise<Reply> {
  const base = from === null ? null : parseReleaseRef(from);
  const job: Job = await orderDelta(doors, { mode, from: base, to: parseReleaseRef(to), budgetBytes: budget });
  await audit(doors, actor, `order package ${mode}`, `${from ?? 'nothing'} to ${to}`);
  return {
    status: hasEnded(job) ? 200 : 202,
    json: jobAnswer(job),
    headers: { location: `/v1/jobs/${encodeURIComponent(job.id)}` },
  };
}
