import { startHashingWorker } from '@weighbridge/hashing-worker/start-hashing-worker';
import type { Run } from '../command.js';
import { requireRedis } from '../serving/open-queue.js';
import { runUntilEnded } from '../serving/run-until-ended.js';
import { parseConcurrency, parseRoots } from '../serving/serve-options.js';
import { openServiceDoors } from '../serving/service-doors.js';

export const run: Run = async (context, { options }) => {
  const concurrency = parseConcurrency(options);
  const roots = parseRoots(options);
  requireRedis(context, 'hashing-worker');
  const doors = await openServiceDoors(context, 'hashing-worker', roots);
  const running = await startHashingWorker(doors, { concurrency });
  const ready = { message: 'digesting releases', queue: doors.queue.location, roots: [...roots.keys()] };
  return runUntilEnded(context, doors.log, running, ready);
};
