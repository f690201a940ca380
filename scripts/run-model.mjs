// Loads Silero VAD as a car would and says what it hears in eight frames of a 220 Hz tone.
// Usage: node scripts/run-model.mjs [FILE]; without FILE the model that `weighbridge boot` hands over.
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FRAMES = 8;
const FRAME = 512;
const RATE = 16_000;

/** @returns the probability of speech after the last frame */
export async function runModel(file) {
  const ort = await import('onnxruntime-node');
  const { InferenceSession, Tensor } = ort.default ?? ort;
  const session = await InferenceSession.create(file);
  let state = new Tensor('float32', new Float32Array(2 * 128), [2, 1, 128]);
  let speech = 0;
  for (let frame = 0; frame < FRAMES; frame += 1) {
    const feeds = {
      input: new Tensor('float32', tone(frame), [1, FRAME]),
      state,
      sr: new Tensor('int64', [16_000n], []),
    };
    const { output, stateN } = await session.run(feeds);
    [state, speech] = [stateN, output.data[0]];
  }
  return speech;
}

function tone(frame) {
  return Float32Array.from(
    { length: FRAME },
    (_, i) => 0.3 * Math.sin((2 * Math.PI * 220 * (frame * FRAME + i)) / RATE),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const file = process.argv[2] ?? join(process.env.WEIGHBRIDGE_MODEL_DIR ?? '.', 'silero_vad.onnx');
  const release = process.env.WEIGHBRIDGE_RELEASE ?? file;
  process.stdout.write(`${release}: probability of speech ${(await runModel(file)).toFixed(6)}\n`);
}
