import { parseReleaseRef } from '@weighbridge/core/names';
import { requireReplaceable, writeDurably } from '@weighbridge/durable-files/durable-write';
import { parseBundle } from '@weighbridge/verify/bundle';
import { MAX_AGE_LIMIT_SECONDS } from '@weighbridge/verify/checkpoint';
import { success } from '../answer.js';
import { optionText, type Run } from '../command.js';
import { openChainToWrite, requireChain } from '../embedded-chain.js';
import { bundleMembers } from '../bundle-members.js';
import { parseDuration } from '../quantities.js';
import { sealForDevice } from '../seal-for-device.js';
import { usage } from '../usage.js';

export const run: Run = async (context, { args, options }) => {
  const ref = parseReleaseRef(args[0]!);
  const file = optionText(options, 'output')!;
  const maxAgeSeconds = parseDuration(optionText(options, 'maxAge') ?? '30d', '--max-age', MAX_AGE_LIMIT_SECONDS);
  if (maxAgeSeconds === 0) throw usage('--max-age must be at least one second', 'leave it out for 30 days');
  requireReplaceable(file);
  await requireChain(context, ref);
  return context.asWriter(async () => {
    const chain = await openChainToWrite(context);
    const { bytes, claim } = await sealForDevice(context, chain, ref, maxAgeSeconds);
    await writeDurably(file, bytes);
    const bundle = parseBundle(bytes);
    return success({
      message: `wrote the bundle of ${ref.name} into ${file}: ${bytes.length} bytes, ${claim.status}`,
      members: { ...bundleMembers(bundle), status: claim.status },
      notes:
        claim.status === 'revoked' ? ['the release is revoked: this bundle carries the revocation to devices'] : [],
    });
  });
};
