import { BF16, F16 } from './float16-kind.js';

/** A tensor of an adapter file, its bytes little-endian. */
export interface AdapterTensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** The two factors that an adapter holds for one module: its delta is `up` · `down`, scaled. */
export interface AdapterPair {
  /** Name of the module as the adapter writes it: `model.layers.0.self_attn.q_proj`, or with `_` in place of `.`. */
  readonly module: string;
  readonly rank: number;
  readonly outputs: number;
  readonly inputs: number;
  /** `outputs` × `rank`, finite */
  readonly up: Float32Array;
  /** `rank` × `inputs`, finite */
  readonly down: Float32Array;
  /** Bits below the exponent that the factors need. */
  readonly places: number;
  /** Scales that the adapter's description allows, the likeliest first; empty when it says nothing. */
  readonly scales: readonly number[];
}

const PEFT = /^(?:base_model\.model\.)?(.+)\.lora_A(?:\.[^.]+)?\.weight$/;
const KOHYA = /^(.+)\.lora_down\.weight$/;

/**
 * Pairs up the factors of a PEFT or kohya adapter. What is no factor, or has no partner, or does not fit, is passed over: then the
 * package is larger and no less right.
 * @param config what stands in `adapter_config.json`, parsed
 */
export function readAdapter(tensors: readonly AdapterTensor[], config?: unknown): AdapterPair[] {
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const pairs = tensors.map((down) => {
    const peft = PEFT.exec(down.name);
    if (peft !== null)
      return pairOf(peft[1]!, down, byName.get(down.name.replace('.lora_A.', '.lora_B.')), peftScales(config));
    const kohya = KOHYA.exec(down.name);
    if (kohya === null) return undefined;
    const up = byName.get(`${kohya[1]}.lora_up.weight`);
    return pairOf(kohya[1]!, down, up, kohyaScales(byName.get(`${kohya[1]}.alpha`)));
  });
  return pairs.filter((pair) => pair !== undefined);
}

type ScalesOf = (rank: number) => number[];

function pairOf(
  module: string,
  down: AdapterTensor,
  up: AdapterTensor | undefined,
  scalesOf: ScalesOf,
): AdapterPair | undefined {
  const rank = down.shape[0] ?? 0;
  const downValues = valuesOf(down);
  const upValues = up === undefined ? undefined : valuesOf(up);
  if (up?.shape[1] !== rank || rank === 0 || downValues === undefined || upValues === undefined) return undefined;
  const outputs = up.shape[0]!;
  if (upValues.length !== outputs * rank) return undefined;
  const inputs = downValues.length / rank;
  const places = Math.max(placesOf(downValues), placesOf(upValues));
  return { module, rank, outputs, inputs, up: upValues, down: downValues, places, scales: scalesOf(rank) };
}

/** @returns undefined for other types than floats, bytes of another length, and numbers that are not finite */
function valuesOf({ dtype, shape, bytes }: AdapterTensor): Float32Array | undefined {
  const count = shape.reduce((product, side) => product * side, 1);
  const width = dtype === 'F32' ? 4 : 2;
  if (!['F32', 'F16', 'BF16'].includes(dtype) || bytes.length !== count * width) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const table = dtype === 'F16' ? F16.values : BF16.values;
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++)
    values[i] = width === 4 ? view.getFloat32(4 * i, true) : table[view.getUint16(2 * i, true)]!;
  return values.every((value) => Number.isFinite(value)) ? values : undefined;
}

/** @returns how many bits below the exponent hold all of these exactly */
function placesOf(values: Float32Array): number {
  let used = 0;
  for (const word of new Uint32Array(values.buffer, values.byteOffset, values.length)) used |= word;
  const mantissa = used & 0x7fffff;
  return mantissa === 0 ? 0 : 23 - (31 - Math.clz32(mantissa & -mantissa));
}

/** alpha ÷ r, or alpha ÷ √r. Patterns give other modules other values: all that stand there are candidates. */
function peftScales(config: unknown): ScalesOf {
  if (typeof config !== 'object' || config === null) return () => [];
  const { lora_alpha: alpha, use_rslora: isRootScaled, alpha_pattern: pattern } = config as Record<string, unknown>;
  const others = typeof pattern === 'object' && pattern !== null ? Object.values(pattern) : [];
  const alphas = [alpha, ...others].filter((value) => typeof value === 'number' && Number.isFinite(value)) as number[];
  return (rank) => alphas.map((value) => value / (isRootScaled === true ? Math.sqrt(rank) : rank));
}

function kohyaScales(alpha: AdapterTensor | undefined): ScalesOf {
  const value = alpha === undefined ? undefined : valuesOf(alpha)?.[0];
  return (rank) => (value === undefined ? [] : [value / rank]);
}
