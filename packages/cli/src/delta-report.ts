import { WeighbridgeError } from '@weighbridge/core/errors';
import { showPath } from '@weighbridge/core/paths';
import { type DeltaFacts, deltaMembers } from '@weighbridge/journeys/delta-facts';

/** Tensors that text mode names. */
const SHOWN_TENSORS = 20;

export function deltaLines({ totalBytes, budgetBytes, files }: DeltaFacts): string[] {
  const tensors = files.flatMap(({ path, tensors: list }) => list.map((tensor) => ({ ...tensor, path })));
  const largest = tensors.sort((a, b) => b.bytes - a.bytes).slice(0, SHOWN_TENSORS);
  const rest = tensors.length - largest.length;
  return [
    `${totalBytes} bytes${budgetBytes === null ? '' : ` of a budget of ${budgetBytes}`}`,
    ...files.map(({ path, bytes, sizeBytes }) => `${showPath(path)}: ${bytes} for ${sizeBytes} bytes`),
    ...largest.map(({ name, op, bytes, changed }) => {
      const share = changed === undefined ? '' : `, ${(changed * 100).toFixed(1)} % changed`;
      return `  ${name}: ${op}, ${bytes} bytes${share}`;
    }),
    ...(rest > 0 ? [`  and ${rest} tensors more (--json names all)`] : []),
  ];
}

export function overBudget(facts: DeltaFacts, more: Record<string, unknown>, hint: string): WeighbridgeError {
  const { totalBytes, budgetBytes } = facts;
  return new WeighbridgeError('LIMIT', `the package has ${totalBytes} bytes, more than the budget of ${budgetBytes}`, {
    hint,
    details: { ...deltaMembers(facts), ...more },
  });
}
