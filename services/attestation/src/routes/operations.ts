import { readiness } from '../readiness.js';
import { route } from '../route.js';
import { HealthSchema, ReadySchema } from '../schemas.js';

export const OPERATION_ROUTES = [
  route({
    method: 'get',
    path: '/healthz',
    scope: null,
    summary: 'Whether the process answers',
    replies: { 200: { description: 'it does', schema: HealthSchema } },
    handle: async () => ({ status: 200, json: { status: 'ok' } }),
  }),
  route({
    method: 'get',
    path: '/readyz',
    scope: null,
    summary: 'Whether chain and queue can be reached',
    replies: {
      200: { description: 'all parts can be reached', schema: ReadySchema },
      503: { description: 'some part cannot', schema: ReadySchema },
    },
    handle: async ({ doors }) => {
      const parts = await readiness(doors);
      const ready = parts.every(({ state }) => state === 'ok');
      return { status: ready ? 200 : 503, json: { ready, parts } };
    },
  }),
  route({
    method: 'get',
    path: '/metrics',
    scope: 'read',
    summary: 'Prometheus metrics',
    replies: { 200: { description: 'metrics', type: 'text/plain' } },
    handle: async ({ doors: { metrics } }) => ({
      status: 200,
      bytes: Buffer.from(await metrics.text()),
      type: metrics.contentType,
    }),
  }),
];
