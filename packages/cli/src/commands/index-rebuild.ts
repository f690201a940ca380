import { success } from '../answer.js';
import type { Run } from '../command.js';
import { hasChain, openChainToRead } from '../embedded-chain.js';
import { rebuildIndex } from '../home-index.js';
import { usage } from '../usage.js';

export const run: Run = async (context) => {
  if (!(await hasChain(context)))
    throw usage('there is no chain here to make an index of', 'use the home folder that registered releases (--home)');
  return context.asWriter(async () => {
    const { releases, replaced } = await rebuildIndex(context, await openChainToRead(context));
    const message = `made the index of ${releases} ${releases === 1 ? 'release' : 'releases'} anew`;
    return success({
      message,
      members: { releases, where: context.home.index, replaced },
      notes: replaced
        ? [
            `the old index was damaged: it lies beside the new one as ${context.home.index}.damaged, its audit log with it`,
          ]
        : [],
    });
  });
};
