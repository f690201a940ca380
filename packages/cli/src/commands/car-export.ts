import { parseReleaseRef } from '@weighbridge/core/names';
import { requireReplaceable } from '@weighbridge/durable-files/durable-write';
import { streamDurably } from '@weighbridge/durable-files/durable-stream';
import { requireRelease } from '@weighbridge/journeys/find-release';
import { success } from '../answer.js';
import { optionText, type Run } from '../command.js';
import { openChainToRead, requireChain } from '../embedded-chain.js';

export const run: Run = async (context, { args, options }) => {
  const ref = parseReleaseRef(args[0]!);
  const file = optionText(options, 'output')!;
  requireReplaceable(file);
  await requireChain(context, ref);
  const { digest: releaseDigest } = await requireRelease(await openChainToRead(context), ref);
  const { exportRelease } = await import('@weighbridge/channel-ipfs/release-car');
  const doors = { folder: context.home.ipfs, engine: await context.engine(), signal: context.signal };
  const bytes = await streamDurably(file, exportRelease(doors, { ref, releaseDigest }));
  return success({
    message: `wrote ${ref.name} as a CAR into ${file}: ${bytes} bytes`,
    members: { release: ref.name, releaseDigest, bytes },
  });
};
