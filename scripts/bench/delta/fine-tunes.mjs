// What happens to weights between two releases; each takes a tensor and yields chunks of bf16 codes of the target.
import { createGaussian } from './gaussian.mjs';
import { CHUNK, LAYERS, weights } from './model-shapes.mjs';
import { fromBf16, toBf16 } from './number-formats.mjs';

const RANK = 8;
const SCALING = 16 / RANK;

export function* base(tensor) {
  for (const chunk of weights(tensor)) yield toBf16(chunk);
}

/** Supervised fine-tuning starts from the published 16-bit weights: noise of a share of each tensor's width. */
export const fineTuned = (share) =>
  function* noisy(tensor) {
    yield* withNoise(tensor, `sft-${share}/${tensor.name}`, tensor.std * share, (master) => fromBf16(toBf16(master)));
  };

/** A step of reinforcement learning starts from the trainer's f32 weights: Adam's update has the learning rate's size. */
export function* rlStep(tensor) {
  yield* withNoise(tensor, `rl/${tensor.name}`, 4e-6, (master) => master);
}

function* withNoise(tensor, seed, std, startOf) {
  const fill = createGaussian(seed);
  const noise = new Float32Array(CHUNK);
  for (const master of weights(tensor)) {
    const start = startOf(master);
    const step = fill(noise.subarray(0, start.length), std);
    for (let at = 0; at < step.length; at += 1) step[at] += start[at];
    yield toBf16(step);
  }
}

/** The last two layers and the final norm trained, the vocabulary with its new rows at its end. */
export function* lastLayers(tensor) {
  const trained = [LAYERS - 1, LAYERS - 2].some((layer) => tensor.name.startsWith(`model.layers.${layer}.`));
  if (trained || tensor.name === 'model.norm.weight') yield* fineTuned(0.07)(tensor);
  else yield* base(tensor);
  if (tensor.name === 'model.embed_tokens.weight') yield* base({ ...tensor, name: 'new rows', shape: [16, 768] });
}

/**
 * PEFT's adapter of the query and value projections.
 * @param dtype what the factors are kept in: `F32` or `BF16`
 */
export function loraFactors(tensors, dtype) {
  const factor = (name, shape, std) => {
    const values = createGaussian(`lora/${name}`)(new Float32Array(shape[0] * shape[1]), std);
    const kept = dtype === 'BF16' ? toBf16(values) : values;
    return { name, dtype, shape, values: dtype === 'BF16' ? fromBf16(kept) : values, chunks: () => [kept] };
  };
  return tensors
    .filter(({ name }) => /\.(q|v)_proj\.weight$/.test(name))
    .map((tensor) => {
      const [rows, columns] = tensor.shape;
      const stem = `base_model.model.${tensor.name.replace(/\.weight$/, '')}`;
      return {
        tensor: tensor.name,
        a: factor(`${stem}.lora_A.weight`, [RANK, columns], 0.0177),
        b: factor(`${stem}.lora_B.weight`, [rows, RANK], 0.01),
      };
    });
}

export const LORA_CONFIG = {
  alpha_pattern: {},
  base_model_name_or_path: 'base',
  bias: 'none',
  fan_in_fan_out: false,
  inference_mode: true,
  lora_alpha: RANK * SCALING,
  lora_dropout: 0,
  peft_type: 'LORA',
  r: RANK,
  rank_pattern: {},
  target_modules: ['q_proj', 'v_proj'],
  task_type: 'CAUSAL_LM',
  use_dora: false,
  use_rslora: false,
};

/** W + (B · A) · scaling in f32, each product and sum rounded, ranks in rising order; then to bf16. */
export const loraMerged = (factors) =>
  function* merged(tensor) {
    const pair = factors.find((factor) => factor.tensor === tensor.name);
    if (pair === undefined) return yield* base(tensor);
    const columns = tensor.shape[1];
    let at = 0;
    for (const chunk of base(tensor)) {
      const values = fromBf16(chunk);
      for (let index = 0; index < values.length; index += 1, at += 1) {
        const update = Math.fround(product(pair, Math.floor(at / columns), at % columns) * SCALING);
        values[index] += update;
      }
      yield toBf16(values);
    }
  };

function product({ a, b }, row, column) {
  const columns = a.shape[1];
  let sum = 0;
  for (let rank = 0; rank < RANK; rank += 1)
    sum = Math.fround(sum + Math.fround(b.values[row * RANK + rank] * a.values[rank * columns + column]));
  return sum;
}
