import { measurePackage } from '@weighbridge/journeys/build-package';
import { deltaMembers, factsOfReport, fits } from '@weighbridge/journeys/delta-facts';
import { success } from '../answer.js';
import type { Run } from '../command.js';
import { openDeltaOrder } from '../delta-order.js';
import { deltaLines, overBudget } from '../delta-report.js';

export const run: Run = async (context, { options }) => {
  const { doors, order, budgetBytes } = await openDeltaOrder(context, options);
  const facts = factsOfReport(order, budgetBytes, await measurePackage(doors, order));
  const advice: unknown[] = [];
  if (!fits(facts)) throw overBudget(facts, { advice }, 'raise --budget, or send less');
  return success({
    message: `the package would have ${facts.totalBytes} bytes`,
    members: { ...deltaMembers(facts), advice },
    lines: deltaLines(facts),
  });
};
