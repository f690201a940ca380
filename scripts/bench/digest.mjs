// CPU time of the digest engine against `openssl dgst` and plain createHash, in one interleaved run.
// Needs `pnpm build`. Prints ratios and never fails on a slow machine: cores may be shared.
//   node scripts/bench/digest.mjs [--mebibytes 1024] [--rounds 3] [--sparse-gibibytes 6]
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const MIB = 1_048_576;
const ENGINE = new URL('../../packages/keccak/dist/node-engine.js', import.meta.url);
const SELF = fileURLToPath(import.meta.url);

/** What a child process does; each runs alone, so that its CPU time and peak memory are its own. */
const TASKS = {
  tree: (file) => withEngine((engine) => engine.digestTree(file)),
  all: (file) => withEngine((engine) => engine.digestAll(file)),
  createHash: async (file) => readChunks(file, createHash('sha3-512')),
};

async function withEngine(work) {
  const { createNodeEngine } = await import(ENGINE);
  await work(createNodeEngine());
}

function readChunks({ fd, sizeBytes }, hash) {
  const chunk = new Uint8Array(MIB);
  for (let at = 0; at < sizeBytes; at += chunk.length) {
    hash.update(chunk.subarray(0, readSync(fd, chunk, 0, chunk.length, at)));
  }
  return hash.digest();
}

/** @returns CPU and wall seconds, and peak memory, of a task in a process of its own */
function measureTask(task, path, sizeBytes) {
  const child = spawnSync(process.execPath, [SELF, '--task', task, '--file', path, '--bytes', String(sizeBytes)], {
    encoding: 'utf8',
  });
  if (child.status !== 0) throw new Error(child.stderr);
  return JSON.parse(child.stdout);
}

function measureOpenssl(algorithm, path) {
  const before = childCpu();
  const from = performance.now();
  spawnSync('openssl', ['dgst', `-${algorithm}`, path]);
  return { cpu: childCpu() - before, wall: (performance.now() - from) / 1000, rssMb: Number.NaN };
}

/** CPU seconds of all children that ended: fields 16 and 17 of /proc/self/stat, in ticks of 10 ms. */
function childCpu() {
  const descriptor = openSync('/proc/self/stat');
  const buffer = Buffer.alloc(4096);
  const text = buffer.toString('latin1', 0, readSync(descriptor, buffer));
  closeSync(descriptor);
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

async function runTask({ task, file: path, bytes }) {
  const file = { fd: openSync(path), sizeBytes: Number(bytes) };
  const cpu = process.cpuUsage();
  const from = performance.now();
  await TASKS[task](file);
  const used = process.cpuUsage(cpu);
  const result = {
    cpu: (used.user + used.system) / 1e6,
    wall: (performance.now() - from) / 1000,
    rssMb: process.resourceUsage().maxRSS / 1000,
  };
  process.stdout.write(JSON.stringify(result), () => process.exit(0));
}

function makeFile(path, mebibytes) {
  const piece = Buffer.alloc(MIB);
  const descriptor = openSync(path, 'w');
  for (let index = 0; index < mebibytes; index += 1) {
    piece.fill(createHash('sha512').update(String(index)).digest());
    writeSync(descriptor, piece);
  }
  closeSync(descriptor);
}

/** Interleaved, so that what else the machine does falls on all alike; the best round of each counts. */
function interleave(rounds, measures) {
  const best = {};
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, measure] of Object.entries(measures)) {
      const result = measure();
      if (best[name] === undefined || result.cpu < best[name].cpu) best[name] = result;
    }
  }
  return best;
}

function printRow(name, { cpu, wall, rssMb }) {
  const memory = Number.isNaN(rssMb) ? '' : `${rssMb.toFixed(0)} MB`;
  console.log(
    `${name.padEnd(24)} ${cpu.toFixed(2).padStart(7)} s CPU ${wall.toFixed(2).padStart(7)} s wall  ${memory}`,
  );
}

function printRatio(name, ratio, wanted) {
  console.log(`${name.padEnd(64)} ${ratio.toFixed(3)}  ${wanted}`);
}

function bench({ mebibytes, rounds, gibibytes }) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-digest-'));
  try {
    const path = join(folder, 'weights');
    const sizeBytes = mebibytes * MIB;
    makeFile(path, mebibytes);
    console.log(`${mebibytes} MiB in page cache, ${availableParallelism()} cores, best CPU time of ${rounds} rounds`);
    const { openssl, plain, tree, all, sha256 } = interleave(rounds, {
      openssl: () => measureOpenssl('sha3-512', path),
      sha256: () => measureOpenssl('sha256', path),
      plain: () => measureTask('createHash', path, sizeBytes),
      tree: () => measureTask('tree', path, sizeBytes),
      all: () => measureTask('all', path, sizeBytes),
    });
    for (const [name, row] of Object.entries({
      'openssl dgst -sha3-512': openssl,
      'openssl dgst -sha256': sha256,
      'createHash, one thread': plain,
      'engine, tree': tree,
      'engine, all digests': all,
    })) {
      printRow(name, row);
    }
    printRatio('tree: speed per core against createHash', plain.cpu / tree.cpu, 'must 0.92, reach 0.97');
    printRatio('tree: CPU against openssl dgst -sha3-512', tree.cpu / openssl.cpu, 'at most 1.3');
    printRatio(
      'all: CPU against two SHA3-512 and two SHA-256 of openssl',
      all.cpu / (2 * openssl.cpu + 2 * sha256.cpu),
      '',
    );
    printRatio('tree: wall time against openssl dgst -sha3-512', tree.wall / openssl.wall, '');
    printRatio('all: wall time against openssl dgst -sha3-512', all.wall / openssl.wall, 'at least 1 on 3 cores');
    benchSparse(join(folder, 'sparse'), gibibytes);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function benchSparse(path, gibibytes) {
  if (gibibytes === 0) return;
  const sizeBytes = gibibytes * 1024 * MIB;
  writeFileSync(path, '');
  truncateSync(path, sizeBytes);
  for (const task of ['tree', 'all']) printRow(`${task}, ${gibibytes} GiB sparse`, measureTask(task, path, sizeBytes));
  console.log('peak memory: must 256 MB, reach 128 MB, whatever the size');
}

const { values } = parseArgs({
  options: {
    mebibytes: { type: 'string', default: '1024' },
    rounds: { type: 'string', default: '3' },
    'sparse-gibibytes': { type: 'string', default: '6' },
    task: { type: 'string' },
    file: { type: 'string' },
    bytes: { type: 'string' },
  },
});
if (values.task === undefined) {
  bench({
    mebibytes: Number(values.mebibytes),
    rounds: Number(values.rounds),
    gibibytes: Number(values['sparse-gibibytes']),
  });
} else {
  await runTask(values);
}
