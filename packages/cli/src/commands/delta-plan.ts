import { requireReplaceable, writeDurably } from '@weighbridge/durable-files/durable-write';
import type { Advice } from '@weighbridge/delta/plan-advice';
import { plotPlan } from '@weighbridge/delta/plan-plot';
import { adviseOnPackage } from '@weighbridge/journeys/advise-on-package';
import { measurePackage } from '@weighbridge/journeys/build-package';
import { type DeltaFacts, deltaMembers, factsOfReport, fits } from '@weighbridge/journeys/delta-facts';
import { success } from '../answer.js';
import { type OptionValues, optionText, type Run } from '../command.js';
import { openDeltaOrder } from '../delta-order.js';
import { deltaLines, overBudget } from '../delta-report.js';

export const run: Run = async (context, { options }) => {
  const plot = optionText(options, 'plot');
  if (plot !== undefined) requireReplaceable(plot);
  const { doors, order, budgetBytes } = await openDeltaOrder(context, options);
  const report = await measurePackage(doors, order);
  const facts = factsOfReport(order, budgetBytes, report);
  const advice = adviseOnPackage(report, budgetBytes);
  if (plot !== undefined) await writeDurably(plot, new TextEncoder().encode(plotPlan(plotted(facts, options))));
  if (!fits(facts)) throw overBudget(facts, { advice }, hintOf(advice));
  return success({
    message: `the package would have ${facts.totalBytes} bytes`,
    members: { ...deltaMembers(facts), advice, ...(plot === undefined ? {} : { plot }) },
    lines: deltaLines(facts),
  });
};

function hintOf(advice: readonly Advice[]): string {
  if (advice.length === 0) return 'raise --budget, or change less of the model';
  return `raise --budget, or: ${advice.map(({ message }) => message).join('; ')}`;
}

/** Titled as the user named both sides. */
function plotted(facts: DeltaFacts, options: OptionValues) {
  const [base, target] = [optionText(options, 'from') ?? null, optionText(options, 'to')!];
  const { totalBytes, budgetBytes, fits: fit } = deltaMembers(facts);
  const files = facts.files.map(({ path, bytes, tensors }) => ({
    path,
    bytes,
    tensors: tensors.map((tensor) => ({ ...tensor, sizeBytes: tensor.sizeBytes ?? 0, changed: tensor.changed ?? 0 })),
  }));
  return { base, target, totalBytes, budgetBytes, fits: fit, files };
}
