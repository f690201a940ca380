import { parseReleaseRef } from '@weighbridge/core/names';
import { requireVersion } from '@weighbridge/journeys/revoke';
import { optionText, type Run } from '../command.js';
import { requireChain } from '../embedded-chain.js';
import { changeRelease } from '../home-index.js';
import { guardianOf } from '../guardian.js';
import { requireKey } from '../key-names.js';
import { statusAnswer } from '../status-answer.js';

export const run: Run = async (context, { args, options }) => {
  const ref = parseReleaseRef(args[0]!);
  const as = optionText(options, 'as');
  if (as !== undefined) await requireKey(context, as);
  await requireChain(context, ref);
  return changeRelease(context, ref, async (chain) => {
    await requireVersion(chain, ref, await guardianOf(context, chain, ref, as));
    const { minAllowed } = await chain.model(ref.model);
    return statusAnswer(context, chain, ref, () => `devices accept ${ref.model} from version code ${minAllowed} on`);
  });
};
