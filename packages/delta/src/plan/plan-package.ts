import type { BytesIndex } from '../general/bytes-index.js';
import type { Piece } from '../package-table.js';
import type { AdapterPair } from '../predict/read-adapter.js';
import { AdapterTrials } from './adapter-trials.js';
import { bytesEncoder } from './bytes-encoder.js';
import { type Breathe, findGeneralParts } from './general-parts.js';
import { matchTensors, type TensorMatch } from './match-tensors.js';
import { planStretch } from './plan-stretch.js';
import { type PlannedResource, ResourceList } from './resource-list.js';
import { ScaleTrials } from './scale-trials.js';
import { type PlacedTensor, placedTensors, type Side } from './side.js';
import { stretchesOf } from './stretches.js';
import { trainShared } from './train-shared.js';

export interface PlannedFile {
  /** Cover the file. */
  readonly pieces: readonly Piece[];
  /** For each piece the tensor that it belongs to. */
  readonly tensors: readonly (PlacedTensor | undefined)[];
}

export interface PackagePlan {
  readonly files: readonly PlannedFile[];
  readonly resources: readonly PlannedResource[];
  /** What BYTES looks into. */
  readonly index: BytesIndex;
}

export interface PlanOptions {
  readonly breathe: Breathe;
  /** What was merged into the target; empty when nothing is known. */
  readonly adapter: readonly AdapterPair[];
}

/**
 * How each part of the target is to be written: tensors by those that they were made of, what is left by copies of the base,
 * the rest in the most general way.
 * @param base undefined for a full package
 */
export async function planPackage(
  target: Side,
  base: Side | undefined,
  { breathe, adapter }: PlanOptions,
): Promise<PackagePlan> {
  const tensors = placedTensors(target);
  const matches = base === undefined ? new Map<PlacedTensor, TensorMatch>() : matchTensors(target, tensors, base);
  const stretches = stretchesOf(target, tensors, matches);
  const { copies, index } = await findGeneralParts(target, base, stretches, breathe);
  const resources = new ResourceList();
  if (base !== undefined) trainShared(target, base, [...matches.values()], resources);
  const doors = {
    target,
    base,
    resources,
    scales: base === undefined ? undefined : new ScaleTrials(target, base),
    adapter: base === undefined ? undefined : new AdapterTrials(target, base, adapter),
    encodeBytes: bytesEncoder(index, undefined),
  };
  const files: PlannedFile[] = [];
  for (const [file, list] of stretches.entries()) {
    const pieces: Piece[] = [];
    const owners: (PlacedTensor | undefined)[] = [];
    for (const stretch of list) {
      const planned = planStretch(doors, stretch, copies[file]!);
      pieces.push(...planned);
      owners.push(...planned.map(() => stretch.tensor));
      await breathe();
    }
    files.push({ pieces, tensors: owners });
  }
  return { files, resources: resources.resources, index };
}
