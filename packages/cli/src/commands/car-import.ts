import { createReadStream } from 'node:fs';
import { parseReleaseRef } from '@weighbridge/core/names';
import { openReleaseFolder } from '@weighbridge/files-local/local-release-folder';
import { requireRelease } from '@weighbridge/journeys/find-release';
import { success } from '../answer.js';
import type { Run } from '../command.js';
import { openChainToRead, requireChain } from '../embedded-chain.js';
import { chainState, keepIndexed } from '../home-index.js';
import { usage } from '../usage.js';

export const run: Run = async (context, { args }) => {
  const [ref, file] = [parseReleaseRef(args[0]!), args[1]!];
  const opened = await openReleaseFolder(file);
  if (!opened.isSingleFile) throw usage(`${file} is no file`, 'name the CAR file that `weighbridge car export` wrote');
  const [entry] = (await opened.scan([])).entries;
  await requireChain(context, ref);
  return context.asWriter(async () => {
    const chain = await openChainToRead(context);
    const { digest: releaseDigest } = await requireRelease(chain, ref);
    const { importRelease } = await import('@weighbridge/channel-ipfs/release-car');
    const doors = { folder: context.home.ipfs, engine: await context.engine(), signal: context.signal };
    const source = createReadStream(file, { highWaterMark: 1_048_576 });
    const imported = await importRelease(doors, { ref, releaseDigest }, source, entry!.sizeBytes);
    await keepIndexed(context, chain, ref, await chainState(context));
    return success({
      message: `imported ${ref.name} from ${file}: ${imported.blocks} blocks, ${imported.bytes} bytes`,
      members: {
        release: ref.name,
        releaseDigest,
        root: imported.receipt.root,
        blocks: imported.blocks,
        bytes: imported.bytes,
      },
    });
  });
};
