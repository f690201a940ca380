import type { AdapterPair } from './read-adapter.js';
import type { LoraFactors } from './plan-lora.js';

/** Prefixes that kohya's adapters put before the name of a module. */
const PREFIX = /^(lora_unet_|lora_te\d?_|lora_transformer_|diffusion_model[._]|transformer[._])/;

/**
 * Finds what an adapter says of a tensor.
 * @param tensor `model.layers.0.self_attn.q_proj.weight`
 * @returns the pair whose module has this name, or a part of it from the right that no other module has
 */
export function pairForTensor(pairs: readonly AdapterPair[], tensor: string): AdapterPair | undefined {
  const name = plainName(tensor.replace(/\.weight$/, ''));
  const fits = pairs.filter(({ module }) => {
    const other = plainName(module);
    return name === other || name.endsWith(`_${other}`) || other.endsWith(`_${name}`);
  });
  return fits.length === 1 ? fits[0] : fits.find(({ module }) => plainName(module) === name);
}

function plainName(name: string): string {
  return name.replace(PREFIX, '').replaceAll('.', '_');
}

/**
 * Lays an adapter's factors out for a tensor: as they are, or exchanged and transposed for tensors that are kept as inputs × outputs.
 * @param shape of the tensor
 * @returns the layouts that fit the shape; two for square ones
 */
export function factorsFor(pair: AdapterPair, shape: readonly number[]): LoraFactors[] {
  const rows = shape[0] ?? 1;
  const columns = shape.reduce((product, side) => product * side, 1) / rows;
  const { rank, places, scales, outputs, inputs, up, down } = pair;
  const shared = { rows, columns, rank, places, scales };
  const layouts: LoraFactors[] = [];
  if (rows === outputs && columns === inputs) layouts.push({ ...shared, left: up, right: down });
  if (rows === inputs && columns === outputs) {
    layouts.push({ ...shared, left: transposed(down, rank, inputs), right: transposed(up, outputs, rank) });
  }
  return layouts;
}

function transposed(values: Float32Array, rows: number, columns: number): Float32Array {
  const out = new Float32Array(values.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) out[column * rows + row] = values[row * columns + column]!;
  }
  return out;
}
