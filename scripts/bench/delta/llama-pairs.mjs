// Pairs of a Llama-like model in bf16: fine-tunes, adapters merged, tensors moved.
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { base, fineTuned, lastLayers, LORA_CONFIG, loraFactors, loraMerged, rlStep } from './fine-tunes.mjs';
import { LAYERS, LLAMA_HEADER_BYTES, llamaTensors } from './model-shapes.mjs';
import { inFolder, linkBase, MODEL } from './pair-place.mjs';
import { writeSafetensors } from './weight-files.mjs';

export const LLAMA_PAIRS = {
  base: (place) => writeLlama(inFolder(place, MODEL), llamaTensors(), base),
  s1: (place) => makeLora(place, 'F32'),
  's1-bf16': (place) => makeLora(place, 'BF16'),
  s3: (place) => makeTuned(place, fineTuned(1e-3)),
  s4: (place) => makeTuned(place, fineTuned(1e-2)),
  s5: (place) => makeTuned(place, lastLayers, llamaTensors().map(withNewRows)),
  s9: (place) => makeTuned(place, rlStep),
  rename: makeRenamed,
  unchanged: (place) => {
    linkBase(place);
    linkBase(place, 'to');
  },
};

export const bf16 = (tensor, chunksOf) => ({ ...tensor, dtype: 'BF16', chunks: () => chunksOf(tensor) });

function writeLlama(path, tensors, chunksOf) {
  writeSafetensors(
    path,
    tensors.map((tensor) => bf16(tensor, chunksOf)),
    { headerBytes: LLAMA_HEADER_BYTES },
  );
}

/** @param tensors of the target; default: shaped as the base's */
function makeTuned(place, chunksOf, tensors = llamaTensors()) {
  linkBase(place);
  const shapes = new Map(llamaTensors().map((tensor) => [tensor.name, tensor]));
  writeLlama(inFolder(place, 'to', MODEL), tensors, ({ name }) => chunksOf(shapes.get(name)));
}

const withNewRows = (tensor) =>
  tensor.name === 'model.embed_tokens.weight' ? { ...tensor, shape: [tensor.shape[0] + 16, tensor.shape[1]] } : tensor;

function makeLora(place, dtype) {
  const factors = loraFactors(llamaTensors(), dtype);
  makeTuned(place, loraMerged(factors));
  const file = inFolder(place, 'adapter', 'adapter_model.safetensors');
  writeSafetensors(
    file,
    factors.flatMap(({ a, b }) => [a, b]),
  );
  writeFileSync(join(dirname(file), 'adapter_config.json'), `${JSON.stringify(LORA_CONFIG, null, 2)}\n`);
}

/** Other order and other names, and a layer twice: no new value anywhere. */
function makeRenamed(place) {
  linkBase(place);
  const rename = (name) => name.replace(/^model\./, 'decoder.').replace('self_attn', 'attention');
  const source = new Map();
  const tensors = [];
  for (const tensor of [...llamaTensors()].reverse()) {
    const add = (name) => {
      source.set(name, tensor);
      tensors.push({ ...tensor, name });
    };
    add(rename(tensor.name));
    if (tensor.name.startsWith('model.layers.5.')) add(rename(tensor.name.replace('layers.5.', `layers.${LAYERS}.`)));
  }
  const named = tensors.map((tensor) => bf16(tensor, () => base(source.get(tensor.name))));
  writeSafetensors(inFolder(place, 'to', MODEL), named);
}
