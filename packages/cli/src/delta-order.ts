import type { BuildOrder } from '@weighbridge/journeys/build-package';
import type { ContentDoors } from '@weighbridge/journeys/open-content';
import { type OptionValues, optionText } from './command.js';
import type { Context } from './context.js';
import { bundleOfTarget, openNamedSide } from './delta-sides.js';
import { readNamedAdapter } from './named-adapter.js';
import { parseSize } from './quantities.js';

/** What `delta plan` and `delta build` are asked for. */
export interface DeltaOrder {
  readonly doors: ContentDoors;
  readonly order: BuildOrder;
  readonly budgetBytes: number | null;
}

/** Opens both sides, the target's bundle too. @throws what reading them throws */
export async function openDeltaOrder(context: Context, options: OptionValues): Promise<DeltaOrder> {
  const budget = optionText(options, 'budget');
  const budgetBytes = budget === undefined ? null : parseSize(budget, '--budget');
  const adapter = await readNamedAdapter(optionText(options, 'adapter'));
  const from = optionText(options, 'from');
  const base = from === undefined ? undefined : (await openNamedSide(context, from, 'reading the base')).side;
  const { side: target, ref } = await openNamedSide(context, optionText(options, 'to')!, 'reading the target');
  const bundle = ref === undefined ? undefined : await bundleOfTarget(context, ref);
  const { progress, signal } = context;
  return {
    doors: { engine: await context.engine(), progress, signal },
    order: { base, target, bundle, adapter },
    budgetBytes,
  };
}
