import { openPackageDraft } from '@weighbridge/files-local/local-package-draft';
import { buildPackage } from '@weighbridge/journeys/build-package';
import { deltaMembers, factsOfReport, fits } from '@weighbridge/journeys/delta-facts';
import { success } from '../answer.js';
import { optionText, type Run } from '../command.js';
import { openDeltaOrder } from '../delta-order.js';
import { deltaLines, overBudget } from '../delta-report.js';
import { isWithin } from '../is-within.js';
import { usage } from '../usage.js';

export const run: Run = async (context, { options }) => {
  const output = optionText(options, 'output')!;
  for (const side of ['from', 'to']) requireBeside(optionText(options, side), output);
  const draft = await openPackageDraft(output);
  try {
    const { doors, order, budgetBytes } = await openDeltaOrder(context, options);
    const facts = factsOfReport(order, budgetBytes, await buildPackage(doors, draft, order));
    if (!fits(facts)) throw overBudget(facts, {}, '`weighbridge delta plan` with the same words says what would fit');
    await draft.publish();
    const [, ...lines] = deltaLines(facts);
    const message = `wrote ${output}: ${facts.totalBytes} bytes`;
    return success({ message, members: deltaMembers(facts), lines: [message, ...lines] });
  } finally {
    await draft.close();
  }
};

/** A package would be part of what it is made from, or take its place. */
function requireBeside(side: string | undefined, output: string): void {
  if (side === undefined || !isWithin(side, output)) return;
  throw usage(`${output} is or lies within ${side}, which the package is made from`, 'name a file elsewhere after -o');
}
