import type { ModelName, ReleaseName } from '@weighbridge/core/brands';
import { namespaceOf } from '@weighbridge/core/names';
import { absentManifest } from '@weighbridge/journeys/find-release';
import { revoke, requireVersion } from '@weighbridge/journeys/revoke';
import { knownNamespace, knownRelease, refOf } from '../known-release.js';
import { hasEnded, jobAnswer } from '../job-answer.js';
import { registerOrder } from '../register-order.js';
import { audit, indexedAnswer, refreshIndex, releaseAnswer } from '../release-answer.js';
import { route } from '../route.js';
import {
  BundleQuery,
  JobSchema,
  RegisterBody,
  ReleaseParams,
  ReleaseSchema,
  ReleasesQuery,
  ReleasesSchema,
  RevokeBody,
} from '../schemas.js';

const RELEASE = '/v1/releases/{namespace}/{name}/{version}';

export const RELEASE_ROUTES = [
  route({
    method: 'get',
    path: '/v1/releases',
    scope: 'read',
    summary: 'Releases by model and version code',
    query: ReleasesQuery,
    replies: { 200: { description: 'a page', schema: ReleasesSchema } },
    handle: async ({ doors, query: { model, after, ...query } }) => {
      const limit = Number(query.limit);
      const where = { ...(model && { model: model as ModelName }), ...(after && { after: after as ReleaseName }) };
      const releases = (await doors.index.list({ ...where, limit })).map(indexedAnswer);
      return { status: 200, json: { releases, next: releases.length === limit ? releases.at(-1)!.release : null } };
    },
  }),
  route({
    method: 'post',
    path: '/v1/releases',
    scope: 'register',
    summary: 'Digest, publish and register a release; the same order is the same job',
    body: RegisterBody,
    replies: {
      200: { description: 'it was done already', schema: JobSchema },
      202: { description: 'the job that does it', schema: JobSchema },
    },
    handle: async ({ doors, body, actor }) => {
      const { model, version, versionCode, license, source, channels } = body;
      await knownNamespace(doors.chain, namespaceOf(model));
      const order = await registerOrder(doors, { model, version, versionCode, license, source, channels });
      const job = await doors.queue.add(order);
      await audit(doors, actor, 'order registration', `${model}@${version}`);
      return {
        status: hasEnded(job) ? 200 : 202,
        json: jobAnswer(job),
        headers: { location: `/v1/jobs/${encodeURIComponent(job.id)}` },
      };
    },
  }),
  route({
    method: 'get',
    path: RELEASE,
    scope: 'read',
    summary: 'A release as chain and channels have it now',
    params: ReleaseParams,
    replies: { 200: { description: 'the release', schema: ReleaseSchema } },
    handle: async ({ doors, params, signal }) => ({
      status: 200,
      json: await releaseAnswer(doors, refOf(params), signal),
    }),
  }),
  route({
    method: 'get',
    path: `${RELEASE}/manifest`,
    scope: 'read',
    summary: 'The canonical manifest: its SHA3-512 is the release digest',
    params: ReleaseParams,
    replies: { 200: { description: 'manifest-v1', type: 'application/json' } },
    handle: async ({ doors, params }) => {
      const ref = refOf(params);
      const { digest } = await knownRelease(doors.chain, ref);
      const bytes = await doors.releases.getManifest(digest);
      if (bytes === undefined) throw absentManifest(ref, digest);
      return { status: 200, bytes, type: 'application/json', headers: { 'x-release-digest': digest } };
    },
  }),
  route({
    method: 'get',
    path: `${RELEASE}/bundle`,
    scope: 'read',
    summary: 'The one file with which a device verifies without a network',
    params: ReleaseParams,
    query: BundleQuery,
    replies: { 200: { description: 'bundle-v1', type: 'application/json' } },
    handle: async ({ doors, params, query }) => {
      const ref = refOf(params);
      await knownRelease(doors.chain, ref);
      return { status: 200, bytes: await doors.seal(ref, Number(query.maxAge)), type: 'application/json' };
    },
  }),
  route({
    method: 'post',
    path: `${RELEASE}/revocation`,
    scope: 'revoke',
    summary: "Revoke a release for good, with the guardian's key of the service's home",
    params: ReleaseParams,
    body: RevokeBody,
    replies: { 200: { description: 'revoked', schema: ReleaseSchema } },
    handle: async ({ doors, params, body, actor, signal }) => {
      const ref = refOf(params);
      await knownRelease(doors.chain, ref);
      const { guardian } = await knownNamespace(doors.chain, ref.namespace);
      await revoke(doors.chain, ref, body.code, body.reason, await doors.keys.signerOf(guardian));
      await audit(doors, actor, 'revoke', ref.name);
      await refreshIndex(doors, ref, signal);
      return { status: 200, json: await releaseAnswer(doors, ref, signal) };
    },
  }),
  route({
    method: 'post',
    path: `${RELEASE}/requirement`,
    scope: 'revoke',
    summary: 'Let devices accept no older release of the model than this one',
    params: ReleaseParams,
    replies: { 200: { description: 'required', schema: ReleaseSchema } },
    handle: async ({ doors, params, actor, signal }) => {
      const ref = refOf(params);
      await knownRelease(doors.chain, ref);
      const { guardian } = await knownNamespace(doors.chain, ref.namespace);
      await requireVersion(doors.chain, ref, await doors.keys.signerOf(guardian));
      await audit(doors, actor, 'require', ref.name);
      await refreshIndex(doors, ref, signal);
      return { status: 200, json: await releaseAnswer(doors, ref, signal) };
    },
  }),
];
