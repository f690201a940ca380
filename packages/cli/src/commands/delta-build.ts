import { openPackageDraft } from '@weighbridge/files-local/local-package-draft';
import { buildPackage } from '@weighbridge/journeys/build-package';
import { success } from '../answer.js';
import { optionText, type Run } from '../command.js';
import { factsOf, openDeltaOrder } from '../delta-order.js';
import { deltaLines, deltaMembers, fits, overBudget } from '../delta-report.js';

export const run: Run = async (context, { options }) => {
  const output = optionText(options, 'output')!;
  const draft = await openPackageDraft(output);
  try {
    const opened = await openDeltaOrder(context, options);
    const facts = factsOf(opened, await buildPackage(opened.doors, draft, opened.order));
    if (!fits(facts)) throw overBudget(facts, {}, '`weighbridge delta plan` with the same words says what would fit');
    await draft.publish();
    const [, ...lines] = deltaLines(facts);
    const message = `wrote ${output}: ${facts.totalBytes} bytes`;
    return success({ message, members: deltaMembers(facts), lines: [message, ...lines] });
  } finally {
    await draft.close();
  }
};
