import { bytesEqual } from '@weighbridge/core/hex';
import type { EncodeBytes } from '../leaf-encoder.js';
import { RAW_ID } from '../leaf-parts.js';
import { BYTES, codecOf } from '../operations.js';
import { NO_RESOURCE } from '../package-table.js';
import type { AdapterTrials } from './adapter-trials.js';
import { candidateOperations } from './candidate-operations.js';
import type { TensorMatch } from './match-tensors.js';
import type { ResourceList } from './resource-list.js';
import type { ScaleTrials } from './scale-trials.js';
import type { PlacedTensor, Side } from './side.js';
import { type TensorBlock, tensorBlocks } from './tensor-blocks.js';

/** Below this, a tensor is as well written with what stands around it. */
const SMALL_BYTES = 32 * 1024;

export interface ChosenOperation {
  readonly operation: number;
  readonly resource: number;
}

interface Estimate {
  readonly operation: number;
  /** Bytes of a resource of its own. */
  readonly resource: Uint8Array | undefined;
  readonly shared: number;
  readonly bytes: number;
}

export interface ChooseDoors {
  readonly target: Side;
  readonly base: Side | undefined;
  readonly resources: ResourceList;
  /** Operations with a resource of one tensor's own; undefined for a full package. */
  readonly scales: ScaleTrials | undefined;
  readonly adapter: AdapterTrials | undefined;
  /** Encodes by BYTES, as the leaves will be. */
  readonly encodeBytes: EncodeBytes;
}

/** Tries every operation that may write a tensor on some blocks of it; the smallest is what the tensor gets. */
export function chooseOperation(
  doors: ChooseDoors,
  tensor: PlacedTensor,
  match: TensorMatch | undefined,
): ChosenOperation {
  const blocks = tensorBlocks(doors.target, doors.base, tensor, match);
  const plain = estimates(doors, tensor, match, blocks).reduce(smaller);
  const own = match === undefined || blocks.every(isSame) ? [] : ownEstimates(doors, match, blocks, plain.bytes);
  const best = [plain, ...own].reduce(smaller);
  const resource = best.resource === undefined ? best.shared : doors.resources.add(best.operation, best.resource);
  return { operation: best.operation, resource };
}

function ownEstimates(
  { scales, adapter }: ChooseDoors,
  match: TensorMatch,
  blocks: readonly TensorBlock[],
  others: number,
): Estimate[] {
  const merged = adapter?.estimate(match);
  const least = Math.min(others, merged?.bytes ?? others);
  return [merged, scales?.estimate(match, blocks, least)]
    .filter((found) => found !== undefined)
    .map((found) => ({ ...found, shared: NO_RESOURCE }));
}

/** The leaves are copies then, whatever the operation. */
function isSame({ target, source }: TensorBlock): boolean {
  return bytesEqual(target, source);
}

function smaller(a: Estimate, b: Estimate): Estimate {
  return b.bytes < a.bytes ? b : a;
}

function estimates(
  doors: ChooseDoors,
  tensor: PlacedTensor,
  match: TensorMatch | undefined,
  blocks: readonly TensorBlock[],
): Estimate[] {
  const { aligned, alone } = candidateOperations(tensor.dtype);
  const length = match?.length ?? tensor.length;
  const sampled = blocks.reduce((sum, { target }) => sum + target.length, 0);
  const whole = (bytes: number): number => (bytes * length) / sampled;
  const plain = { operation: RAW_ID, resource: undefined, shared: NO_RESOURCE, bytes: length };
  const found: Estimate[] = [plain];
  for (const operation of match === undefined ? alone : [...aligned, ...alone]) {
    const shared = doors.resources.sharedOf(operation);
    const bytes = whole(costOf(operation, shared, doors.resources, blocks));
    found.push({ operation, resource: undefined, shared, bytes });
  }
  const isTyped = aligned.length + alone.length > 0 && found.length > 1;
  if (!isTyped || length <= SMALL_BYTES) {
    const bytes = blocks.reduce(
      (sum, { target, offset }) => sum + doors.encodeBytes(target, tensor.offset + offset).length,
      0,
    );
    found.push({ operation: BYTES.id, resource: undefined, shared: NO_RESOURCE, bytes: whole(bytes) });
  }
  return found;
}

function costOf(operation: number, shared: number, resources: ResourceList, blocks: readonly TensorBlock[]): number {
  const codec = codecOf(operation);
  const model = resources.modelOf(shared);
  return blocks.reduce((sum, { target, source }) => {
    const whole = target.length - (target.length % codec.width);
    const input = { source: codec.source === 'none' ? new Uint8Array(0) : source.subarray(0, whole), model, first: 0 };
    return sum + codec.encode(target.subarray(0, whole), input).length + target.length - whole;
  }, 0);
}
