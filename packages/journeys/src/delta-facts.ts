import type { Pinned } from '@weighbridge/delta/package-table';
import type { BuildOrder, PackageReport } from './build-package.js';

/** What is said of a package, planned, built or found. */
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
    /** Share of the tensor's values that are not the base's, 0 to 1. */
    readonly changed?: number;
  }[];
}

/** The facts as answers name them. */
export type DeltaMembers = {
  readonly totalBytes: number;
  readonly budgetBytes: number | null;
  readonly fits: boolean;
  /** Release digest, or content digest of plain bytes; null for a full package. */
  readonly base: string | null;
  readonly baseKind: Pinned['kind'] | null;
  readonly target: string;
  readonly targetKind: Pinned['kind'];
  readonly files: readonly DeltaFileFacts[];
};

/** Facts of a package that was encoded just now. */
export function factsOfReport(
  { base, target }: Pick<BuildOrder, 'base' | 'target'>,
  budgetBytes: number | null,
  { totalBytes, files }: PackageReport,
): DeltaFacts {
  return {
    totalBytes,
    budgetBytes,
    base: base?.pinned,
    target: target.pinned,
    files: files.map(({ path, sizeBytes, bytes, tensors }) => ({
      path,
      sizeBytes,
      bytes,
      tensors: tensors.map((tensor) => ({
        name: tensor.name,
        op: tensor.op,
        bytes: tensor.bytes,
        sizeBytes: tensor.sizeBytes,
        changed: tensor.changedBytes / Math.max(1, tensor.sizeBytes),
      })),
    })),
  };
}

export function deltaMembers(facts: DeltaFacts): DeltaMembers {
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

function digestOf(pinned: Pinned): string {
  return pinned.kind === 'release' ? pinned.releaseDigest : pinned.contentDigest;
}
