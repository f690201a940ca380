import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { JOB_KINDS } from '@weighbridge/service-kit/job-data';
import type { Running } from '@weighbridge/service-kit/running';
import { watched } from '@weighbridge/service-kit/watched-handler';
import { createApp } from './app.js';
import type { AttestationDoors, AttestationSettings } from './attestation-doors.js';
import { boundedQueue } from './bounded-queue.js';
import { registerHandler } from './register-job.js';

const QUEUE_ANSWERS_WITHIN_MS = 2_500;
const MAX_CONNECTIONS = 2_048;

export interface RunningAttestation extends Running {
  readonly url: string;
}

/** Serves the HTTP API and does `register` jobs. @throws USAGE for a port that is taken */
export async function startAttestation(
  opened: AttestationDoors,
  settings: AttestationSettings,
): Promise<RunningAttestation> {
  const doors = { ...opened, queue: boundedQueue(opened.queue, QUEUE_ANSWERS_WITHIN_MS) };
  const ending = new AbortController();
  const server = createServer({ maxHeaderSize: 32 * 1024 }, createApp(doors, settings, ending.signal));
  server.headersTimeout = 10_000;
  server.keepAliveTimeout = 5_000;
  // Uploads take as long as they take; each has an idle limit and JSON bodies a limit of their own.
  server.requestTimeout = 0;
  server.maxConnections = MAX_CONNECTIONS;
  await listen(server, settings);
  const { port } = server.address() as AddressInfo;
  const { concurrency } = settings;
  const worker = await opened.queue.work(JOB_KINDS.register, watched(doors, registerHandler(doors)), { concurrency });
  return {
    url: `http://${settings.host.includes(':') ? `[${settings.host}]` : settings.host}:${port}`,
    async close(graceMs) {
      ending.abort(new Error('the service ends'));
      await Promise.all([worker.close(graceMs), closeServer(server, graceMs)]);
    },
  };
}

async function listen(server: Server, { host, port }: AttestationSettings): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(notListening(host, port, cause)));
    server.listen(port, host, resolve);
  });
}

async function closeServer(server: Server, graceMs: number): Promise<void> {
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  clearTimeout(timer);
}

function notListening(host: string, port: number, cause: Error): WeighbridgeError {
  return new WeighbridgeError('USAGE', `cannot listen on ${host}:${port}: ${cause.message}`, {
    hint: 'choose a free port with --port, or 0 for any',
    cause,
  });
}
