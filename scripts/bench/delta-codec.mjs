// Size and CPU time of the numeric operations on leaves of 1 MiB, as the container gathers them. Needs `pnpm build`.
// Prints a table and never fails on a slow machine: cores may be shared.
//   node scripts/bench/delta-codec.mjs [--leaves 6] [--rounds 3] [NAME...]
import { parseArgs } from 'node:util';
import { base, fineTuned, rlStep } from './delta/fine-tunes.mjs';
import { encoderTensors, llamaTensors, matrix, weights } from './delta/model-shapes.mjs';
import { fromBf16, toBf16, toF16 } from './delta/number-formats.mjs';
import { int8Rows, q4_0, q8_0 } from './delta/quantizers.mjs';

const LEAF = 1_048_576;
const numeric = (file) => import(new URL(`../../packages/delta/dist/numeric/${file}.js`, import.meta.url));
const { PLANES16, PLANES32 } = await numeric('planes');
const { T16_BF16, T16_F16, trainT16 } = await numeric('t16');
const { T32 } = await numeric('t32');
const { T8 } = await numeric('t8');
const { QBLK_Q4_0, QBLK_Q8_0 } = await numeric('qblk');
const { differenceEntropy } = await numeric('entropy');

const { values: options, positionals } = parseArgs({
  options: { leaves: { type: 'string', default: '6' }, rounds: { type: 'string', default: '3' } },
  allowPositionals: true,
});
/** Past the embedding, where leaves hold parts of several tensors. */
const layers = llamaTensors().slice(1);
const adapter = Array.from({ length: 12 }, (_, layer) =>
  [
    ['q.A', 65_536, 0.0055],
    ['q.B', 65_536, 0.002],
    ['v.A', 65_536, 0.0055],
    ['v.B', 8192, 0.002],
  ].map(([name, length, std]) => matrix(`adapter/${layer}/${name}`, 1, length, std)),
).flat();

/** Bytes of the first leaves of tensors, each made into chunks by `chunksOf`. */
function bytesOf(tensors, chunksOf) {
  const wanted = LEAF * Number(options.leaves);
  const parts = [];
  for (let length = 0, next = 0; length < wanted && next < tensors.length; next += 1) {
    for (const chunk of chunksOf(tensors[next])) {
      parts.push(Buffer.from(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength)));
      length += chunk.byteLength;
    }
  }
  return Buffer.concat(parts).subarray(0, wanted);
}

const rounded = (round, noise) =>
  function* chunks(tensor) {
    const other = weights({ ...tensor, std: tensor.std * noise, mean: 0 }, 'noise');
    for (const chunk of weights(tensor)) {
      const add = noise === 0 ? undefined : other.next().value;
      yield round(chunk.map((value, index) => value + (add?.[index] ?? 0)));
    }
  };

const quantized = (quantize, chunksOf) =>
  function* chunks(tensor) {
    if (tensor.shape.length > 1) yield* quantize(floats(chunksOf(tensor)));
  };

function* floats(chunks) {
  for (const chunk of chunks) yield fromBf16(chunk);
}

const int8 = (share) =>
  function* chunks(tensor) {
    const whole = new Float32Array(tensor.shape[0] * tensor.shape[1]);
    let at = 0;
    for (const chunk of rounded((values) => values, share)(tensor)) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    yield int8Rows(whole, tensor.shape).codes;
  };

const asBf16 = (values) => toBf16(values);
const heldBf16 = (values) => Uint32Array.from(toBf16(values), (code) => code << 16);

const CASES = {
  'bf16 SFT 1e-3': [T16_BF16, layers, base, fineTuned(1e-3)],
  'bf16 SFT 1e-2': [T16_BF16, layers, base, fineTuned(1e-2)],
  'bf16 SFT 0.07': [T16_BF16, layers, base, fineTuned(0.07)],
  'bf16 RL step': [T16_BF16, layers, base, rlStep],
  'f16 SFT 1e-2': [T16_F16, layers, rounded((v) => toF16(v), 0), rounded((v) => toF16(v), 1e-2)],
  'f32 SFT 1e-2': [T32, layers, rounded((v) => v.slice(), 0), rounded((v) => v.slice(), 1e-2)],
  'f32 of bf16 1e-2': [T32, layers, rounded(heldBf16, 0), rounded(heldBf16, 1e-2)],
  'int8 rows 0.13': [T8, encoderTensors(), int8(0), int8(0.13)],
  'q8_0 1e-2': [QBLK_Q8_0, layers, quantized(q8_0, base), quantized(q8_0, fineTuned(1e-2))],
  'q4_0 1e-2': [QBLK_Q4_0, layers, quantized(q4_0, base), quantized(q4_0, fineTuned(1e-2))],
  'bf16 alone': [PLANES16, layers, undefined, base],
  'bf16 adapter': [PLANES16, adapter, undefined, rounded(asBf16, 0)],
  'f16 alone': [PLANES16, layers, undefined, rounded((v) => toF16(v), 0)],
  'f32 alone': [PLANES32, layers, undefined, rounded((v) => v.slice(), 0)],
  'f32 of bf16 alone': [PLANES32, layers, undefined, rounded(heldBf16, 0)],
};

function leavesOf([, tensors, from, to]) {
  const target = bytesOf(tensors, to);
  const source = from === undefined ? Buffer.alloc(0) : bytesOf(tensors, from);
  const starts = Array.from({ length: Math.ceil(target.length / LEAF) }, (_, index) => index * LEAF);
  return starts.map((at) => ({ target: target.subarray(at, at + LEAF), source: source.subarray(at, at + LEAF) }));
}

/** The least CPU time of a few rounds, in nanoseconds for each element. */
function timed(elements, work) {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < Number(options.rounds); round += 1) {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, user + system);
  }
  return (least * 1000) / elements;
}

function run(operation, leaves, resource) {
  const model = resource === undefined ? undefined : operation.readModel(resource);
  const out = Buffer.alloc(LEAF);
  const result = { bytes: resource?.length ?? 0, encode: 0, decode: 0 };
  for (const { target, source } of leaves) {
    const input = { source, model, first: 0 };
    const elements = target.length / operation.width;
    let payload;
    result.encode += timed(elements, () => {
      payload = operation.encode(target, input);
    });
    const part = out.subarray(0, target.length);
    result.decode += timed(elements, () => operation.decode(payload, input, part));
    if (!part.equals(target)) throw new Error(`${operation.name} did not come back`);
    result.bytes += payload.length;
  }
  return { ...result, encode: result.encode / leaves.length, decode: result.decode / leaves.length };
}

function line(name, total, yardstick, { bytes, encode, decode }) {
  const against = yardstick === undefined ? '' : (bytes / yardstick).toFixed(4);
  const cells = [String(bytes).padStart(9), (bytes / total).toFixed(4).padStart(8), against.padStart(8)];
  console.log(name.padEnd(28), ...cells, encode.toFixed(1).padStart(9), decode.toFixed(1).padStart(9));
}

console.log('case'.padEnd(28), '    bytes  of file     of H  enc ns/w  dec ns/w');
for (const [name, parts] of Object.entries(CASES)) {
  if (positionals.length > 0 && !positionals.some((wanted) => name.includes(wanted))) continue;
  const [operation] = parts;
  const leaves = leavesOf(parts);
  const total = leaves.reduce((sum, { target }) => sum + target.length, 0);
  const mantissa = { 5: 7, 6: 10 }[operation.id];
  const entropyOf = ({ target, source }) => differenceEntropy(target, source, mantissa);
  const yardstick = mantissa === undefined ? undefined : leaves.reduce((sum, leaf) => sum + entropyOf(leaf), 0);
  line(`${operation.name}: ${name}`, total, yardstick, run(operation, leaves));
  if (mantissa === undefined) continue;
  const resource = trainT16(operation.id, leaves);
  if (resource !== undefined)
    line(`  trained, ${resource.length} bytes`, total, yardstick, run(operation, leaves, resource));
}
