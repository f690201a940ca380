import { chunkCount, chunkLength } from '@weighbridge/core/tree';
import type { LeafAddress } from './decode-package.js';
import type { ReadPackage } from './read-package.js';

/** Indexes of leaves, a list for each target file. */
export type LeavesByFile = readonly (readonly number[])[];

export function allLeaves({ table }: ReadPackage): number[][] {
  return table.targetFiles.map(({ size }) => Array.from({ length: chunkCount(size) }, (_, leaf) => leaf));
}

export function* leafAddresses(leaves: LeavesByFile): Generator<LeafAddress> {
  for (const [file, list] of leaves.entries()) for (const leaf of list) yield { file, leaf };
}

/** Bytes of the target in these leaves. */
export function leafBytes({ table }: ReadPackage, leaves: LeavesByFile): number {
  let bytes = 0;
  for (const { file, leaf } of leafAddresses(leaves)) bytes += chunkLength(table.targetFiles[file]!.size, leaf);
  return bytes;
}
