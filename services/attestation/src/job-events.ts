import type { ServerResponse } from 'node:http';
import type { Job } from '@weighbridge/ports/queue';
import { hasEnded, jobAnswer } from './job-answer.js';

const HEARTBEAT_MS = 15_000;
const RECONNECT_MS = 2_000;

export interface EventOptions {
  /** What the client saw last: an event of that id is not sent again. */
  readonly lastEventId: string | undefined;
  readonly isHead: boolean;
}

/**
 * Sends changes of a job as server-sent events, each the whole job, until it ended. An event's id says how the job was,
 * so that a client that comes back, to another process even, misses nothing and gets nothing twice.
 */
export async function sendJobEvents(
  response: ServerResponse,
  jobs: AsyncIterable<Job>,
  { lastEventId, isHead }: EventOptions,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' });
  if (isHead) {
    response.end();
    return;
  }
  response.write(`retry: ${RECONNECT_MS}\n\n`);
  const heartbeat = setInterval(() => response.write(': still here\n\n'), HEARTBEAT_MS);
  let last = lastEventId;
  try {
    for await (const job of jobs) {
      if (eventId(job) !== last) await write(response, eventText(job));
      last = eventId(job);
      if (hasEnded(job)) break;
    }
  } finally {
    clearInterval(heartbeat);
    response.end();
  }
}

function eventText(job: Job): string {
  return `id: ${eventId(job)}\nevent: ${job.state}\ndata: ${JSON.stringify(jobAnswer(job))}\n\n`;
}

function eventId({ state, attempts, progress }: Job): string {
  return [state, attempts, encodeURIComponent(progress?.step ?? ''), progress?.doneBytes ?? 0].join('.');
}

/** A client that does not read holds back the watch, not our memory. */
async function write(response: ServerResponse, text: string): Promise<void> {
  if (response.write(text) || response.destroyed) return;
  await new Promise<void>((resolve) => {
    response.once('drain', resolve);
    response.once('close', resolve);
  });
}
