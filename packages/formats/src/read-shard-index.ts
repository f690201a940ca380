import { isWeighbridgeError } from '@weighbridge/core/errors';
import { type JsonObject, type JsonValue, parseJson } from '@weighbridge/core/json';
import { pathProblem } from '@weighbridge/core/paths';
import { showText } from '@weighbridge/core/show-text';
import type { TensorTable } from '@weighbridge/core/tensor';
import { MAX_TENSORS } from './arrange-tensors.js';
import type { ByteSource } from './byte-source.js';
import { malformedModel, modelOverLimit, unsafeModel } from './reader-fault.js';

const MAX_BYTES = 100_000_000;

/** Which file of a sharded model holds which tensors; both in the order in which the index names them first. */
export interface ShardIndex {
  /** By a path relative to the folder of the index: the names of its tensors. */
  readonly shards: ReadonlyMap<string, readonly string[]>;
}

/**
 * tensor-readers §6: a `….index.json` beside the shards of a model.
 * @param path names the index in messages
 * @param files every file of the folder of the index and below, relative to it
 * @throws MALFORMED, for a tensor in two shards too; LIMIT
 * @throws UNSAFE_MODEL for a shard outside of the folder, or one that is not there
 */
export function readShardIndex(source: ByteSource, path: string, files: Iterable<string>): ShardIndex {
  const present = new Set(files);
  const shards = new Map<string, string[]>();
  const weights = weightMap(source, path);
  for (const tensor of Object.keys(weights)) {
    const shard = shardOf(weights[tensor]!, tensor, path);
    if (!present.has(shard)) throw unsafeModel(path, `needs ${showText(shard)}, which is not there`, tensor);
    const tensors = shards.get(shard);
    if (tensors === undefined) shards.set(shard, [tensor]);
    else tensors.push(tensor);
  }
  return { shards };
}

/**
 * tensor-readers §6.4: whether shards hold what their index says.
 * @param tables by shard, as {@link readShardIndex} names them
 * @throws MALFORMED when a tensor is in two shards, or not in the one that the index names
 */
export function requireShards(index: ShardIndex, tables: ReadonlyMap<string, TensorTable>, path: string): void {
  const homes = new Map<string, string>();
  for (const [shard, { tensors }] of tables) {
    for (const { name } of tensors) {
      if (homes.has(name)) throw malformedModel(path, `is in ${homes.get(name)} and in ${shard}`, name);
      homes.set(name, shard);
    }
  }
  for (const [shard, names] of index.shards) {
    const lost = names.find((name) => homes.get(name) !== shard);
    if (lost !== undefined) throw malformedModel(path, `is not in ${shard}`, lost);
  }
}

/** tensor-readers §6.1 */
function weightMap(source: ByteSource, path: string): JsonObject {
  const { sizeBytes } = source;
  if (sizeBytes > MAX_BYTES) throw modelOverLimit(path, `has ${sizeBytes} bytes, more than the ${MAX_BYTES} allowed`);
  const index = parse(sizeBytes === 0 ? new Uint8Array(0) : source.read(0, sizeBytes), path);
  const weights = isObject(index) ? index.weight_map : undefined;
  if (!isObject(weights)) throw malformedModel(path, 'has no weight_map');
  if (Object.keys(weights).length > MAX_TENSORS) throw modelOverLimit(path, `has more than ${MAX_TENSORS} tensors`);
  return weights;
}

function parse(bytes: Uint8Array, path: string): JsonValue {
  try {
    return parseJson(bytes, 'the index', { maxBytes: MAX_BYTES });
  } catch (cause) {
    if (!isWeighbridgeError(cause)) throw cause;
    const fault = cause.code === 'LIMIT' ? modelOverLimit : malformedModel;
    throw fault(path, cause.message, undefined, cause);
  }
}

/** tensor-readers §6.2 */
function shardOf(value: JsonValue, tensor: string, path: string): string {
  if (typeof value !== 'string') throw malformedModel(path, 'has a shard that is no text', tensor);
  const problem = pathProblem(value);
  if (problem !== undefined) throw unsafeModel(path, `is in ${showText(value)}, which ${problem}`, tensor);
  return value;
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
