import { measurePackage } from '@weighbridge/journeys/build-package';
import { success } from '../answer.js';
import type { Run } from '../command.js';
import { factsOf, openDeltaOrder } from '../delta-order.js';
import { deltaLines, deltaMembers, fits, overBudget } from '../delta-report.js';

export const run: Run = async (context, { options }) => {
  const opened = await openDeltaOrder(context, options);
  const facts = factsOf(opened, await measurePackage(opened.doors, opened.order));
  const advice: unknown[] = [];
  if (!fits(facts)) throw overBudget(facts, { advice }, 'raise --budget, or send less');
  return success({
    message: `the package would have ${facts.totalBytes} bytes`,
    members: { ...deltaMembers(facts), advice },
    lines: deltaLines(facts),
  });
};
