import { startDistributor } from '@weighbridge/distributor/start-distributor';
import { openChannels } from '../channels.js';
import type { Run } from '../command.js';
import { requireRedis } from '../serving/open-queue.js';
import { runUntilEnded } from '../serving/run-until-ended.js';
import { parseConcurrency, parseRoots } from '../serving/serve-options.js';
import { openServiceDoors } from '../serving/service-doors.js';
import { startGateway } from '../serving/gateway.js';
import { together } from '@weighbridge/service-kit/running';

export const run: Run = async (context, { options }) => {
  const concurrency = parseConcurrency(options);
  const roots = parseRoots(options);
  requireRedis(context, 'distributor');
  const doors = await openServiceDoors(context, 'distributor', roots);
  const channels = await openChannels(context);
  const gateway = await startGateway(context, '127.0.0.1');
  const running = together([gateway, await startDistributor({ ...doors, channels }, { concurrency })]);
  const ready = {
    message: 'publishing releases',
    queue: doors.queue.location,
    gateway: gateway.url,
    roots: [...roots.keys()],
  };
  return runUntilEnded(context, doors.log, running, ready);
};
