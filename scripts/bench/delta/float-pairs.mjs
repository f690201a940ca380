// Floats without a base: models that share nothing but their shapes, and an adapter alone.
import { base } from './fine-tunes.mjs';
import { bf16 } from './llama-pairs.mjs';
import { matrix, weights } from './model-shapes.mjs';
import { toBf16, toF16 } from './number-formats.mjs';
import { inFolder, MODEL } from './pair-place.mjs';
import { writeSafetensors } from './weight-files.mjs';

export const FLOAT_PAIRS = {
  unrelated: (place) => makeUnrelated(place, 'BF16', toBf16),
  'unrelated-f16': (place) => makeUnrelated(place, 'F16', toF16),
  'unrelated-f32': (place) => makeUnrelated(place, 'F32', (values) => values),
  adapter70b: makeAdapter70b,
};

/** 16 matrices of a million weights; the sides share nothing but their shapes. */
function makeUnrelated(place, dtype, round) {
  for (const side of ['from', 'to']) {
    const tensors = Array.from({ length: 16 }, (_, index) => {
      const tensor = matrix(`layer.${index}.weight`, 1024, 1024, 0.015 + 0.001 * index);
      return { ...tensor, dtype, chunks: () => rounded(weights(tensor, `unrelated-${side}`), round) };
    });
    writeSafetensors(inFolder(place, side, MODEL), tensors);
  }
}

function* rounded(chunks, round) {
  for (const chunk of chunks) yield round(chunk);
}

/** A rank-8 adapter of the query and value projections of a model of 70 billion weights, alone: it has no base. */
function makeAdapter70b(place) {
  const tensors = Array.from({ length: 80 }, (_, layer) => {
    const name = (part, side) => `base_model.model.model.layers.${layer}.self_attn.${part}.lora_${side}.weight`;
    return [
      matrix(name('q_proj', 'A'), 8, 8192, 0.0055),
      matrix(name('q_proj', 'B'), 8192, 8, 0.002),
      matrix(name('v_proj', 'A'), 8, 8192, 0.0055),
      matrix(name('v_proj', 'B'), 1024, 8, 0.002),
    ];
  }).flat();
  writeSafetensors(
    inFolder(place, 'to', 'adapter_model.safetensors'),
    tensors.map((tensor) => bf16(tensor, base)),
  );
}
