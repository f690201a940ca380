import type { Address } from '@weighbridge/core/brands';
import { canonicalBytes } from '@weighbridge/core/canonical-json';
import { requireNotRevoked, requireSeat } from '@weighbridge/journeys/approve';
import { relayApproval } from '@weighbridge/journeys/relay-approval';
import { parseApprovalFile } from '@weighbridge/verify/approval-file';
import { approvalTypedData } from '../approval-typed-data.js';
import { knownNamespace, knownRelease, refOf } from '../known-release.js';
import { audit, refreshIndex, releaseAnswer } from '../release-answer.js';
import { route } from '../route.js';
import { ApprovalBody, ApprovalRequestQuery, ReleaseParams, ReleaseSchema, TypedDataSchema } from '../schemas.js';

const RELEASE = '/v1/releases/{namespace}/{name}/{version}';

export const APPROVAL_ROUTES = [
  route({
    method: 'get',
    path: `${RELEASE}/approval-request`,
    scope: 'read',
    summary: 'The typed data that an approver signs',
    params: ReleaseParams,
    query: ApprovalRequestQuery,
    replies: { 200: { description: 'EIP-712 typed data', schema: TypedDataSchema } },
    handle: async ({ doors, params, query }) => {
      const ref = refOf(params);
      const record = await knownRelease(doors.chain, ref);
      requireNotRevoked(ref, record);
      const { key } = await requireSeat(doors.chain, ref, query.approver as Address, undefined);
      const { epoch } = await knownNamespace(doors.chain, ref.namespace);
      const { model, version } = ref;
      const { versionCode, digest } = record;
      const deadline = doors.nowSeconds() + Number(query.deadline);
      const approval = { approver: key, model, version, versionCode, digest, epoch, deadline };
      return { status: 200, json: approvalTypedData(doors.chain.identity, approval) };
    },
  }),
  route({
    method: 'post',
    path: `${RELEASE}/approvals`,
    scope: 'approve',
    summary: 'Hand in an approval that its approver signed',
    params: ReleaseParams,
    body: ApprovalBody,
    replies: { 200: { description: 'the release now', schema: ReleaseSchema } },
    handle: async ({ doors, params, body, actor, signal }) => {
      const ref = refOf(params);
      await knownRelease(doors.chain, ref);
      const approval = parseApprovalFile(canonicalBytes(body));
      await relayApproval(doors.chain, ref, approval, undefined, await doors.keys.relayer(), doors.nowSeconds());
      await audit(doors, actor, `relay approval of ${approval.approver}`, ref.name);
      await refreshIndex(doors, ref, signal);
      return { status: 200, json: await releaseAnswer(doors, ref, signal) };
    },
  }),
];
