import { collectDefaultMetrics, Counter, Histogram, Registry } from 'prom-client';

export interface ServiceMetrics {
  /** @param route its pattern, never a path with names of releases in it */
  request(method: string, route: string, status: number, seconds: number): void;
  job(kind: string, outcome: string, seconds: number): void;
  readonly contentType: string;
  /** Prometheus text. */
  text(): Promise<string>;
}

export function createServiceMetrics(): ServiceMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'weighbridge_' });
  const registers = [registry];
  const requests = new Histogram({
    name: 'weighbridge_http_request_seconds',
    help: 'Time to answer a request',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
    registers,
  });
  const jobs = new Counter({
    name: 'weighbridge_jobs_total',
    help: 'Runs of jobs by how they ended',
    labelNames: ['kind', 'outcome'],
    registers,
  });
  const jobSeconds = new Histogram({
    name: 'weighbridge_job_seconds',
    help: 'Time that a run of a job took',
    labelNames: ['kind'],
    buckets: [0.1, 1, 10, 60, 600, 3600],
    registers,
  });
  return {
    request: (method, route, status, seconds) => requests.observe({ method, route, status: String(status) }, seconds),
    job(kind, outcome, seconds) {
      jobs.inc({ kind, outcome });
      jobSeconds.observe({ kind }, seconds);
    },
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}
