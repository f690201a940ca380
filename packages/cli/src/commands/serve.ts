import { startDistributor } from '@weighbridge/distributor/start-distributor';
import { startHashingWorker } from '@weighbridge/hashing-worker/start-hashing-worker';
import { startOtaBuilder } from '@weighbridge/ota-builder/start-ota-builder';
import { together } from '@weighbridge/service-kit/running';
import { openChannels } from '../channels.js';
import type { Run } from '../command.js';
import { startAttestationService } from '../serving/attestation-service.js';
import { startGateway } from '../serving/gateway.js';
import { runUntilEnded } from '../serving/run-until-ended.js';
import { parseConcurrency, parseRoots, parseServerOptions } from '../serving/serve-options.js';
import { openServiceDoors } from '../serving/service-doors.js';

export const run: Run = async (context, { options }) => {
  const { host } = parseServerOptions(options);
  const concurrency = parseConcurrency(options);
  const roots = parseRoots(options);
  return context.asWriter(async () => {
    const doors = await openServiceDoors(context, 'serve', roots);
    const channels = await openChannels(context);
    const gateway = await startGateway(context, host);
    const attestation = await startAttestationService(context, doors, channels, options, gateway.url);
    const running = together([
      attestation,
      gateway,
      await startHashingWorker(doors, { concurrency }),
      await startDistributor({ ...doors, channels }, { concurrency }),
      await startOtaBuilder({ ...doors, channels }, { concurrency }),
    ]);
    const { url, chainUrl: chain } = attestation;
    return runUntilEnded(context, doors.log, running, {
      message: `serving at ${url}`,
      url,
      gateway: gateway.url,
      chain,
      queue: doors.queue.location,
      roots: [...roots.keys()],
    });
  });
};
