// Pairs of an encoder in int8: fine-tuned before it was quantized, in place or moved, and quantized anew from f16.
import { createGaussian } from './gaussian.mjs';
import { count, encoderTensors, weights } from './model-shapes.mjs';
import { toF16 } from './number-formats.mjs';
import { inFolder, MODEL } from './pair-place.mjs';
import { int8Rows } from './quantizers.mjs';
import { writeOnnx, writeSafetensors } from './weight-files.mjs';

export const INT8_PAIRS = {
  int8: (place) => makeInt8(place, (tensors) => tensors),
  'int8-renamed': (place) => makeInt8(place, (tensors) => tensors.map(moved).reverse()),
  requantized: makeRequantized,
};

/** The target is fine-tuned before it is quantized. */
function makeInt8(place, arrange) {
  writeOnnx(inFolder(place, 'from', 'model.onnx'), quantized(0).flatMap(codesAndScales));
  writeOnnx(inFolder(place, 'to', 'model.onnx'), arrange(quantized(0.13)).flatMap(codesAndScales));
}

const quantized = (share) =>
  encoderTensors().map((tensor) => ({ ...tensor, ...int8Rows(floats(tensor, share), tensor.shape) }));

const codesAndScales = ({ name, codes, scales, shape }) => [
  { name: `${name}_quantized`, dtype: 'I8', shape, chunks: () => [codes] },
  { name: `${name}_scale`, dtype: 'F32', shape: [shape[0]], chunks: () => [scales] },
];

const moved = (tensor) => ({ ...tensor, name: tensor.name.replace('encoder.layer.', 'onnx::MatMul_') });

/** The same weights as f16 and, built anew, as int8 with a scale for each row. */
function makeRequantized(place) {
  const halves = encoderTensors().map((tensor) => ({
    ...tensor,
    dtype: 'F16',
    chunks: () => [toF16(floats(tensor, 0))],
  }));
  writeSafetensors(inFolder(place, 'from', MODEL), halves);
  writeSafetensors(inFolder(place, 'to', MODEL), quantized(0).flatMap(codesAndScales));
}

/** A whole tensor as f32, with noise of a share of its width. */
function floats(tensor, share) {
  const values = new Float32Array(count(tensor));
  let at = 0;
  for (const chunk of weights(tensor)) {
    values.set(chunk, at);
    at += chunk.length;
  }
  if (share === 0) return values;
  const noise = createGaussian(`int8/${tensor.name}`)(new Float32Array(values.length), tensor.std * share);
  return values.map((value, index) => value + noise[index]);
}
