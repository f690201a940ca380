import { openChannels } from '../channels.js';
import type { Run } from '../command.js';
import { startAttestationService } from '../serving/attestation-service.js';
import { requireRedis } from '../serving/open-queue.js';
import { runUntilEnded } from '../serving/run-until-ended.js';
import { parseRoots, parseServerOptions } from '../serving/serve-options.js';
import { openServiceDoors } from '../serving/service-doors.js';

export const run: Run = async (context, { options }) => {
  parseServerOptions(options);
  const roots = parseRoots(options);
  requireRedis(context, 'attestation');
  return context.asWriter(async () => {
    const doors = await openServiceDoors(context, 'attestation', roots);
    const channels = await openChannels(context);
    const running = await startAttestationService(context, doors, channels, options, undefined);
    const { url, chainUrl: chain } = running;
    const ready = { message: `serving at ${url}`, url, gateway: null, chain, queue: doors.queue.location };
    return runUntilEnded(context, doors.log, running, ready);
  });
};
