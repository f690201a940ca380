// The pair that shows whether memory grows with the file: 36 tensors of 128 MiB in bf16, two of them fine-tuned.
import { createCipheriv, createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createGaussian } from './gaussian.mjs';
import { toBf16 } from './number-formats.mjs';
import { writeSafetensors } from './weight-files.mjs';

const TENSORS = 36;
const SHAPE = [8192, 8192];
const CHUNK_BYTES = 1 << 22;
const CHANGED = [7, 29];

export function makeBig({ folder }) {
  const codes = quantiles();
  const sides = { from: () => false, to: (index) => CHANGED.includes(index) };
  for (const [side, isChanged] of Object.entries(sides)) {
    mkdirSync(join(folder, side), { recursive: true });
    const tensors = Array.from({ length: TENSORS }, (_, index) => ({
      name: `model.layers.${index}.weight`,
      dtype: 'BF16',
      shape: SHAPE,
      chunks: () => (isChanged(index) ? stepped(weightCodes(index, codes), index) : weightCodes(index, codes)),
    }));
    writeSafetensors(join(folder, side, 'model.safetensors'), tensors);
  }
}

/** bf16 codes of which a random one is a Gaussian weight of width 0.02. */
function quantiles() {
  const values = createGaussian('big')(new Float32Array(65_536), 0.02);
  return toBf16(values);
}

function* weightCodes(index, codes) {
  const stream = createCipheriv(
    'aes-128-ctr',
    createHash('sha256').update(`big ${index}`).digest().subarray(0, 16),
    Buffer.alloc(16),
  );
  const zeros = Buffer.alloc(CHUNK_BYTES);
  const out = new Uint16Array(CHUNK_BYTES / 2);
  for (let left = SHAPE[0] * SHAPE[1] * 2; left > 0; left -= CHUNK_BYTES) {
    const bytes = stream.update(zeros);
    for (let at = 0; at < out.length; at += 1) out[at] = codes[bytes[2 * at] | (bytes[2 * at + 1] << 8)];
    yield out;
  }
}

/** A step of one unit in the last place, up or down, for an eighth of the weights. */
function* stepped(chunks, index) {
  const fill = createGaussian(`big step ${index}`);
  const draw = new Float32Array(CHUNK_BYTES / 2);
  for (const chunk of chunks) {
    fill(draw, 1);
    for (let at = 0; at < chunk.length; at += 1) if (draw[at] > 1.15) chunk[at] += draw[at] > 1.534 ? 1 : -1;
    yield chunk;
  }
}
