import { type RunningAttestation, startAttestation } from '@weighbridge/attestation/start-attestation';
import { isWeighbridgeError } from '@weighbridge/core/errors';
import type { Chain } from '@weighbridge/ports/chain';
import type { Channel } from '@weighbridge/ports/channel';
import type { ReleaseIndex } from '@weighbridge/ports/release-index';
import { createUploads } from '@weighbridge/service-kit/uploads';
import type { OptionValues } from '../command.js';
import type { Context } from '../context.js';
import { openChainToWrite, WITNESS_KEY } from '../embedded-chain.js';
import { chainMark, indexState, rebuildIndex } from '../home-index.js';
import { addressOrNewKey } from '../key-names.js';
import { sealForDevice } from '../seal-for-device.js';
import { attestationKeys } from './attestation-keys.js';
import { claimServed } from './claim-served.js';
import { openGitEndpoint } from './git-endpoint.js';
import { parseServerOptions } from './serve-options.js';
import { type ServiceDoors, uploadsFolder } from './service-doors.js';
import { tokensDocument } from './token-file.js';

/** Uploads that nobody registers fill the disk. */
const MAX_UPLOADS = 64;
/** Registrations that are under way; each mostly waits for its jobs. */
const CONCURRENCY = 16;
/** Of a newcomer to the embedded chain; keys that are made later have no funds before the next start. */
const NEWCOMER_KEYS = ['publisher', WITNESS_KEY] as const;

/** Opens what the HTTP API needs and starts it; only as the writer of the home folder. */
export async function startAttestationService(
  context: Context,
  doors: ServiceDoors,
  channels: readonly Channel[],
  options: OptionValues,
  gatewayUrl: string | undefined,
): Promise<RunningAttestation & { readonly chainUrl: string }> {
  const { host, port, maxUploadBytes, requestsPerMinute } = parseServerOptions(options);
  for (const name of NEWCOMER_KEYS) await addressOrNewKey(context, name);
  const chain = await openChainToWrite(context);
  const running = await startAttestation(
    {
      ...doors,
      chain,
      chainUrl: chain.url,
      gatewayUrl,
      channels,
      uploads: createUploads(uploadsFolder(context), { maxUploadBytes, maxUploads: MAX_UPLOADS }),
      ...(await openIndex(context, chain)),
      tokens: tokensDocument(context),
      keys: attestationKeys(context.keys),
      nowSeconds: () => context.nowSeconds,
      claim: (order) => claimServed(context, chain, order),
      seal: async (ref, maxAgeSeconds) => (await sealForDevice(context, chain, ref, maxAgeSeconds)).bytes,
      git: await openGitEndpoint(context),
    },
    { host, port, requestsPerMinute, concurrency: CONCURRENCY },
  );
  return { ...running, chainUrl: chain.url };
}

/** The index as it stands; made anew when the chain went on without it. */
async function openIndex(context: Context, chain: Chain): Promise<{ index: ReleaseIndex; indexLags: () => void }> {
  if (!(await isCurrent(context))) await rebuildIndex(context, chain);
  const { openSqlIndex } = await import('@weighbridge/index-sql/sql-index');
  const index = await openSqlIndex({ path: context.home.index });
  let isCurrentNow = true;
  context.atEnd(async () => {
    if (isCurrentNow) await index.put([], await chainMark(context, chain));
    await index.close();
  });
  return {
    index,
    indexLags: () => {
      isCurrentNow = false;
    },
  };
}

async function isCurrent(context: Context): Promise<boolean> {
  try {
    return (await indexState(context))?.isCurrent === true;
  } catch (error) {
    if (isWeighbridgeError(error)) return false;
    throw error;
  }
}
