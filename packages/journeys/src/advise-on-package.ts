import { type Advice, adviseOnBudget } from '@weighbridge/delta/plan-advice';
import type { PackageReport } from './build-package.js';

/** What would bring a package below its budget; empty when it fits. */
export function adviseOnPackage({ files, totalBytes }: PackageReport, budgetBytes: number | null): readonly Advice[] {
  if (budgetBytes === null || totalBytes <= budgetBytes) return [];
  const tensors = files.flatMap((file) => file.tensors);
  const ofTensors = tensors.reduce((sum, { bytes }) => sum + bytes, 0);
  return adviseOnBudget(
    tensors.map((tensor) => ({ ...tensor, changed: tensor.changedBytes / Math.max(1, tensor.sizeBytes) })),
    totalBytes - ofTensors,
    budgetBytes,
  );
}
