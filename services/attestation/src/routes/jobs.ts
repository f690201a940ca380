import type { Queue } from '@weighbridge/ports/queue';
import { HttpRefusal } from '@weighbridge/service-kit/problem';
import { hasEnded, jobAnswer } from '../job-answer.js';
import { sendJobEvents } from '../job-events.js';
import { route } from '../route.js';
import { JobParams, JobSchema, JobsQuery, JobsSchema } from '../schemas.js';

const CHILDREN_LOOKED_AT = 1_000;

export const JOB_ROUTES = [
  route({
    method: 'get',
    path: '/v1/jobs',
    scope: 'read',
    summary: 'Jobs in a state, the newest first; dead letters are the dead ones',
    query: JobsQuery,
    replies: { 200: { description: 'jobs', schema: JobsSchema } },
    handle: async ({ doors, query }) => {
      const jobs = await doors.queue.list(query.state, Number(query.limit));
      return { status: 200, json: { jobs: jobs.map(jobAnswer) } };
    },
  }),
  route({
    method: 'get',
    path: '/v1/jobs/{job}',
    scope: 'read',
    summary: 'A job',
    params: JobParams,
    replies: { 200: { description: 'the job', schema: JobSchema } },
    handle: async ({ doors, params }) => ({ status: 200, json: jobAnswer(known(await doors.queue.get(params.job))) }),
  }),
  route({
    method: 'get',
    path: '/v1/jobs/{job}/events',
    scope: 'read',
    summary: 'Every change of a job until it ended, as server-sent events',
    params: JobParams,
    isLong: 'endless',
    replies: { 200: { description: 'events, each the whole job', type: 'text/event-stream' } },
    handle: async ({ doors, params, signal, request }) => {
      known(await doors.queue.get(params.job));
      const seen = request.headers['last-event-id'];
      const lastEventId = typeof seen === 'string' ? seen : undefined;
      return {
        stream: (response) =>
          sendJobEvents(response, doors.queue.watch(params.job, signal), {
            lastEventId,
            isHead: request.method === 'HEAD',
          }),
      };
    },
  }),
  route({
    method: 'post',
    path: '/v1/jobs/{job}/cancel',
    scope: 'register',
    summary: 'Cancel a job and what it waits for',
    params: JobParams,
    replies: {
      200: { description: 'it has ended', schema: JobSchema },
      202: { description: 'it was told to stop', schema: JobSchema },
    },
    handle: async ({ doors, params, actor }) => {
      const job = known(await doors.queue.cancel(params.job));
      await cancelChildren(doors.queue, job.id);
      doors.log.info({ actor, job: job.id }, 'cancelled');
      return { status: hasEnded(job) ? 200 : 202, json: jobAnswer(job) };
    },
  }),
  route({
    method: 'post',
    path: '/v1/jobs/{job}/retry',
    scope: 'register',
    summary: 'Put a dead or cancelled job back',
    params: JobParams,
    replies: { 202: { description: 'it waits again', schema: JobSchema } },
    handle: async ({ doors, params, actor }) => {
      const job = known(await doors.queue.retry(params.job));
      doors.log.info({ actor, job: job.id }, 'put back');
      return { status: 202, json: jobAnswer(job) };
    },
  }),
];

function known<T>(job: T | undefined): T {
  if (job !== undefined) return job;
  throw new HttpRefusal(404, 'USAGE', 'there is no such job', 'POST /v1/releases names the job that it makes');
}

async function cancelChildren(queue: Queue, parent: string): Promise<void> {
  const open = [
    ...(await queue.list('waiting', CHILDREN_LOOKED_AT)),
    ...(await queue.list('running', CHILDREN_LOOKED_AT)),
  ];
  for (const { id, data } of open) if (data.parent === parent) await queue.cancel(id);
}
