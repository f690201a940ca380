import { startOtaBuilder } from '@weighbridge/ota-builder/start-ota-builder';
import { openChannels } from '../channels.js';
import type { Run } from '../command.js';
import { requireRedis } from '../serving/open-queue.js';
import { runUntilEnded } from '../serving/run-until-ended.js';
import { parseConcurrency } from '../serving/serve-options.js';
import { openServiceDoors } from '../serving/service-doors.js';

export const run: Run = async (context, { options }) => {
  const concurrency = parseConcurrency(options);
  requireRedis(context, 'ota-builder');
  const doors = await openServiceDoors(context, 'ota-builder', new Map());
  const channels = await openChannels(context);
  const running = await startOtaBuilder({ ...doors, channels }, { concurrency });
  return runUntilEnded(context, doors.log, running, { message: 'building updates', queue: doors.queue.location });
};
