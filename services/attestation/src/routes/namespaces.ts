import type { NamespaceRecord } from '@weighbridge/ports/chain';
import { audit } from '../release-answer.js';
import { knownNamespace } from '../known-release.js';
import { route } from '../route.js';
import { ClaimBody, NamespaceParams, NamespaceSchema } from '../schemas.js';

export const NAMESPACE_ROUTES = [
  route({
    method: 'get',
    path: '/v1/namespaces/{namespace}',
    scope: 'read',
    summary: 'Who may publish, approve and revoke in a namespace',
    params: NamespaceParams,
    replies: { 200: { description: 'the namespace', schema: NamespaceSchema } },
    handle: async ({ doors, params }) => ({
      status: 200,
      json: members(params.namespace, await knownNamespace(doors.chain, params.namespace)),
    }),
  }),
  route({
    method: 'post',
    path: '/v1/namespaces',
    scope: 'admin',
    summary: "Claim a namespace for a key of the service's home",
    body: ClaimBody,
    replies: {
      200: { description: 'it was claimed so already', schema: NamespaceSchema },
      201: { description: 'claimed', schema: NamespaceSchema },
    },
    handle: async ({ doors, body, actor }) => {
      const { namespace, publisher, guardian, approvers, threshold } = body;
      const { created } = await doors.claim({ namespace, publisher, guardian, approvers, threshold });
      await audit(doors, actor, 'claim', namespace);
      const record = await knownNamespace(doors.chain, namespace);
      return { status: created ? 201 : 200, json: members(namespace, record) };
    },
  }),
];

function members(namespace: string, { publisher, guardian, approvers, threshold, epoch }: NamespaceRecord) {
  const seats = approvers.map(({ key, role, active }) => ({ key, role, active }));
  return { namespace, publisher, guardian, approvers: seats, threshold, epoch };
}
