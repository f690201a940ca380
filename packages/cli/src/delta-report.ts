import { WeighbridgeError } from '@weighbridge/core/errors';
import { showPath } from '@weighbridge/core/paths';
import type { Pinned } from '@weighbridge/delta/package-table';

/** What `delta plan`, `build` and `inspect` say of a package. */
export interface DeltaFacts {
  readonly totalBytes: number;
  readonly budgetBytes: number | null;
  readonly base: Pinned | undefined;
  readonly target: Pinned;
  readonly files: readonly DeltaFileFacts[];
}

export interface DeltaFileFacts {
  readonly path: string;
  readonly sizeBytes: number;
  readonly bytes: number;
  readonly tensors: readonly {
    readonly name: string;
    readonly op: string;
    readonly bytes: number;
    readonly sizeBytes?: number;
    /** Share of the tensor's bytes in chunks that are not the base's, 0 to 1. */
    readonly changed?: number;
  }[];
}

/** Tensors that text mode names. */
const SHOWN_TENSORS = 20;

export function deltaMembers(facts: DeltaFacts): Record<string, unknown> {
  const { totalBytes, budgetBytes, base, target, files } = facts;
  return {
    totalBytes,
    budgetBytes,
    fits: fits(facts),
    base: base === undefined ? null : digestOf(base),
    baseKind: base?.kind ?? null,
    target: digestOf(target),
    targetKind: target.kind,
    files,
  };
}

export function fits({ totalBytes, budgetBytes }: Pick<DeltaFacts, 'totalBytes' | 'budgetBytes'>): boolean {
  return budgetBytes === null || totalBytes <= budgetBytes;
}

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

function digestOf(pinned: Pinned): string {
  return pinned.kind === 'release' ? pinned.releaseDigest : pinned.contentDigest;
}
