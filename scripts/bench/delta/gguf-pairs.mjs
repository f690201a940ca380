// Pairs of GGUF files: a model and its fine-tune, both quantized.
import { base, fineTuned } from './fine-tunes.mjs';
import { LAYERS, llamaTensors } from './model-shapes.mjs';
import { fromBf16 } from './number-formats.mjs';
import { inFolder } from './pair-place.mjs';
import { q4_0, q8_0 } from './quantizers.mjs';
import { writeGguf } from './weight-files.mjs';

export const GGUF_PAIRS = {
  s6: (place) => makeGguf(place, 'Q8_0', q8_0),
  's6-q4': (place) => makeGguf(place, 'Q4_0', q4_0),
};

function makeGguf(place, type, quantize) {
  const name = `model-${type}.gguf`;
  for (const [side, chunksOf] of [
    ['from', base],
    ['to', fineTuned(1e-2)],
  ]) {
    const tensors = llamaTensors().map((tensor) => {
      const matrixLike = tensor.shape.length > 1;
      const floats = () => floatsOf(chunksOf(tensor));
      const chunks = matrixLike ? () => quantize(floats()) : floats;
      return { name: ggufName(tensor.name), type: matrixLike ? type : 'F32', shape: tensor.shape, chunks };
    });
    writeGguf(inFolder(place, side, name), ggufMetadata(type), tensors);
  }
}

function* floatsOf(chunks) {
  for (const chunk of chunks) yield fromBf16(chunk);
}

const ggufMetadata = (type) => ({
  'general.architecture': 'llama',
  'general.name': 'llama-like',
  'general.alignment': 32,
  'general.file_type': type === 'Q8_0' ? 7 : 2,
  'llama.block_count': LAYERS,
  'llama.context_length': 2048,
  'llama.embedding_length': 768,
  'llama.feed_forward_length': 2048,
  'llama.attention.head_count': 12,
  'llama.attention.head_count_kv': 4,
});

const GGUF_PARTS = {
  input_layernorm: 'attn_norm',
  'mlp.down_proj': 'ffn_down',
  'mlp.gate_proj': 'ffn_gate',
  'mlp.up_proj': 'ffn_up',
  post_attention_layernorm: 'ffn_norm',
  'self_attn.k_proj': 'attn_k',
  'self_attn.o_proj': 'attn_output',
  'self_attn.q_proj': 'attn_q',
  'self_attn.v_proj': 'attn_v',
};

function ggufName(name) {
  const inLayer = /^model\.layers\.(\d+)\.(.+)\.weight$/.exec(name);
  if (inLayer !== null) return `blk.${inLayer[1]}.${GGUF_PARTS[inLayer[2]]}.weight`;
  return name === 'model.norm.weight' ? 'output_norm.weight' : 'token_embd.weight';
}
