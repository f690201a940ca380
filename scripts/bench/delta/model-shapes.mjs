// Shapes of the models that the pairs are made of, and their weights before rounding: Gaussian, streamed.
import { createGaussian } from './gaussian.mjs';

const HIDDEN = 768;
const KEYS = 256;
const INTERMEDIATE = 2048;
const VOCABULARY = 32_000;
export const LAYERS = 12;
/** Of the JSON header of the model's safetensors file. */
export const LLAMA_HEADER_BYTES = 12_256;
export const CHUNK = 65_536;

/** @returns tensors `{name, shape, std, mean}` of a Llama-like model with tied embeddings, in file order */
export function llamaTensors() {
  const layers = Array.from({ length: LAYERS }, (_, layer) => llamaLayer(layer)).flat();
  return [matrix('model.embed_tokens.weight', VOCABULARY, HIDDEN, 0.02), ...layers, norm('model.norm.weight', 0.02)];
}

/** Deeper layers are wider, and each kind of tensor has a width of its own, as in trained models. */
function llamaLayer(layer) {
  const width = 0.016 + 0.001 * layer;
  const name = (part) => `model.layers.${layer}.${part}.weight`;
  return [
    norm(name('input_layernorm'), 0.02),
    matrix(name('mlp.down_proj'), HIDDEN, INTERMEDIATE, width * 0.9),
    matrix(name('mlp.gate_proj'), INTERMEDIATE, HIDDEN, width),
    matrix(name('mlp.up_proj'), INTERMEDIATE, HIDDEN, width * 0.95),
    norm(name('post_attention_layernorm'), 0.02),
    matrix(name('self_attn.k_proj'), KEYS, HIDDEN, width * 1.3),
    matrix(name('self_attn.o_proj'), HIDDEN, HIDDEN, width * 0.85),
    matrix(name('self_attn.q_proj'), HIDDEN, HIDDEN, width * 1.2),
    matrix(name('self_attn.v_proj'), KEYS, HIDDEN, width * 0.8),
  ];
}

/** An encoder of 12 layers whose matrices are quantized to int8 by channel. */
export function encoderTensors() {
  return Array.from({ length: LAYERS }, (_, layer) => {
    const name = (part) => `encoder.layer.${layer}.${part}.weight`;
    const width = 0.03 + 0.002 * layer;
    return [
      ...['query', 'key', 'value', 'output'].map((part) => matrix(name(`attention.${part}`), 384, 384, width)),
      matrix(name('intermediate.dense'), 1536, 384, width),
      matrix(name('output.dense'), 384, 1536, width * 0.9),
    ];
  }).flat();
}

export const matrix = (name, rows, columns, std) => ({ name, shape: [rows, columns], std, mean: 0 });
const norm = (name, std) => ({ name, shape: [HIDDEN], std, mean: 1 });
export const count = ({ shape }) => shape.reduce((product, side) => product * side, 1);

/** Weights of a tensor as f32, a chunk at a time; the chunk is reused. */
export function* weights(tensor, seed = 'base') {
  const fill = createGaussian(`${seed}/${tensor.name}`);
  const buffer = new Float32Array(CHUNK);
  for (let left = count(tensor); left > 0; left -= CHUNK)
    yield fill(buffer.subarray(0, Math.min(left, CHUNK)), tensor.std, tensor.mean);
}
