import { isWeighbridgeError } from '@weighbridge/core/errors';
import type { JobHandler } from '@weighbridge/ports/queue';
import type { ServiceLog } from './service-log.js';
import type { ServiceMetrics } from './service-metrics.js';

export interface WatchDoors {
  readonly log: ServiceLog;
  readonly metrics: ServiceMetrics;
}

/** Logs and counts each run of a job. */
export function watched({ log, metrics }: WatchDoors, handler: JobHandler): JobHandler {
  return async (context) => {
    const { id, kind, attempts } = context.job;
    const started = performance.now();
    const seconds = (): number => (performance.now() - started) / 1000;
    log.info({ job: id, kind, attempts }, 'job started');
    try {
      const result = await handler(context);
      metrics.job(kind, 'OK', seconds());
      log.info({ job: id, kind, seconds: seconds(), result }, 'job done');
      return result;
    } catch (error) {
      const outcome = isWeighbridgeError(error) ? error.code : 'INTERNAL';
      metrics.job(kind, outcome, seconds());
      log.warn({ job: id, kind, seconds: seconds(), outcome, err: error }, 'job failed');
      throw error;
    }
  };
}
