// Size and CPU time of the search for copies and of BYTES, on whole files, beside the byte tools that are installed.
// Needs `pnpm build`. Prints a table and never fails on a slow machine: cores may be shared.
//   node scripts/bench/delta-general.mjs [PAIR...] [--from FILE --to FILE] [--slow]
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { CACHE, pair } from './delta/pairs.mjs';
import { peerRows } from './delta/peers.mjs';

const LEAF = 1_048_576;
const general = (file) => import(new URL(`../../packages/delta/dist/general/${file}.js`, import.meta.url));
const { findCopies } = await general('find-copies');
const { BytesIndex } = await general('bytes-index');
const { encodeBytes } = await general('encode-bytes');
const { decodeBytes } = await general('decode-bytes');

const { values, positionals } = parseArgs({
  options: { from: { type: 'string' }, to: { type: 'string' }, slow: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const given = values.from === undefined ? [] : [{ name: 'given', fromFile: values.from, toFile: values.to }];
const named = positionals.length === 0 && given.length === 0 ? ['r5', 'r7'] : positionals;
for (const files of [...given, ...named.map((name) => pair(name))]) await benchPair(files);

async function benchPair({ name, fromFile, toFile }) {
  const base = openFile(fromFile);
  const target = openFile(toFile);
  const [size] = target.sizes;
  console.log(`\n${name}: ${base.sizes[0]} → ${size} bytes`);
  const copies = timed(() => runToEnd(findCopies(target, base)));
  const copied = copies.result.reduce((sum, { length }) => sum + length, 0);
  line('copies', `${copies.result.length} of ${copied} bytes, ${speed(size, copies.cpu)}`);
  benchBytes(base, readFileSync(toFile));
  // What is measured for a pair by name is kept; a pair that is given by its files has no name.
  if (name !== 'given')
    for (const peer of await peerRows({ name, fromFile, toFile }, { cache: CACHE, slow: values.slow }))
      line(peer.tool, peer.bytes);
  for (const file of [base, target]) file.close();
}

/** All leaves by BYTES alone, without copies: what a package would hold of it at most. */
function benchBytes(base, target) {
  const index = timed(() => runToEnd(BytesIndex.build(base)));
  let near;
  const payloads = timed(() =>
    leavesOf(target).map((leaf) => {
      const { payload, next } = encodeBytes(leaf, index.result, near);
      near = next;
      return payload;
    }),
  );
  const decoded = timed(() =>
    leavesOf(target).every((leaf, at) => leaf.equals(decode(payloads.result[at], base, leaf))),
  );
  if (!decoded.result) throw new Error('BYTES gave other bytes');
  line(
    'BYTES',
    payloads.result.reduce((sum, { length }) => sum + length, 0),
  );
  line('  index', speed(base.sizes[0], index.cpu));
  line('  encode', speed(target.length, payloads.cpu));
  line('  decode', speed(target.length, decoded.cpu));
}

function decode(payload, base, { length }) {
  const out = Buffer.alloc(length);
  decodeBytes(payload, base, out);
  return out;
}

function leavesOf(bytes) {
  return Array.from({ length: Math.ceil(bytes.length / LEAF) }, (_, leaf) =>
    bytes.subarray(leaf * LEAF, (leaf + 1) * LEAF),
  );
}

/** One file, read by position. */
function openFile(path) {
  const fd = openSync(path, 'r');
  return {
    sizes: [fstatSync(fd).size],
    read(_, offset, into) {
      if (readSync(fd, into, 0, into.length, offset) !== into.length) throw new Error(`${path} is shorter than it was`);
    },
    close: () => closeSync(fd),
  };
}

function runToEnd(steps) {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

function timed(run) {
  const before = process.cpuUsage();
  const result = run();
  const { user, system } = process.cpuUsage(before);
  return { result, cpu: (user + system) / 1e6 };
}

function speed(bytes, cpu) {
  return `${cpu.toFixed(2)} s of CPU, ${(bytes / 1e6 / cpu).toFixed(0)} MB/s`;
}

function line(name, value) {
  console.log(`  ${name.padEnd(10)} ${value}`);
}
