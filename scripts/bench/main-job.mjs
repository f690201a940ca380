// The main job's figures: CPU against openssl, peak memory at any size, start-up, bundle size.
// Usage: node scripts/bench/main-job.mjs [--gib 1] [--sparse-gib 6] [--runs 3]
// Interleaved runs, ratios of CPU time; exits 1 when a figure is over what must hold. Needs `pnpm build` and openssl.
import { spawn } from 'node:child_process';
import { createCipheriv } from 'node:crypto';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const cli = fileURLToPath(new URL('../../node_modules/.bin/weighbridge', import.meta.url));
const flag = (name, otherwise) => {
  const at = process.argv.indexOf(name);
  return at === -1 ? otherwise : Number(process.argv[at + 1]);
};
const [gib, sparseGib, runs] = [flag('--gib', 1), flag('--sparse-gib', 6), flag('--runs', 3)];
const MIB = 1 << 20;
const work = mkdtempSync(join(tmpdir(), 'weighbridge-bench-'));
const home = join(work, 'home');
let over = 0;

/** Runs a command line; CPU seconds of it and all below it, peak MiB of its largest process. */
function measure(words) {
  return new Promise((resolve, reject) => {
    const bash = spawn('bash', ['-c', '"$@" >/dev/null 2>/dev/null; rc=$?; times; exit $rc', 'bash', ...words], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let out = '';
    let peak = 0;
    const watch = setInterval(() => {
      for (const pid of descendants(bash.pid)) peak = Math.max(peak, peakMib(pid));
    }, 10);
    bash.stdout.on('data', (bytes) => {
      out += bytes;
    });
    bash.on('close', (exit) => {
      clearInterval(watch);
      if (exit !== 0) return reject(new Error(`exit ${exit}: ${words.join(' ')}`));
      const [user, system] = out
        .trim()
        .split('\n')[1]
        .split(' ')
        .map((text) => Number(/(\d+)m([\d.]+)s/.exec(text)[1]) * 60 + Number(/m([\d.]+)s/.exec(text)[1]));
      return resolve({ cpu: user + system, peak });
    });
  });
}

function descendants(pid) {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
    return children.flatMap((child) => [child, ...descendants(child)]);
  } catch {
    return [];
  }
}

function peakMib(pid) {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

function makeFile(path, size) {
  const fd = openSync(path, 'w');
  const stream = createCipheriv('aes-256-ctr', Buffer.alloc(32, 7), Buffer.alloc(16));
  const zeros = Buffer.alloc(MIB);
  for (let left = size; left > 0; left -= MIB) writeSync(fd, stream.update(zeros).subarray(0, Math.min(MIB, left)));
  closeSync(fd);
}

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const weighbridge = (...words) => measure([cli, '--home', home, ...words]);

function say(what, figure, limit, unit) {
  const ok = figure <= limit;
  if (!ok) over += 1;
  console.log(
    `${ok ? 'ok  ' : 'OVER'} ${what.padEnd(58)} ${figure.toFixed(2).padStart(9)} ${unit}  (must be ≤ ${limit})`,
  );
}

async function register(folder, ref) {
  const [model, version] = ref.split('@');
  const registered = await weighbridge('register', folder, '--model', model, '--version', version, '--license', 'MIT');
  const approved = await weighbridge('approve', ref);
  await weighbridge('bundle', 'export', ref, '-o', join(work, `${model.split('/')[1]}.bundle`));
  return { registered, approved };
}

try {
  const [big, tiny, sparse] = ['big', 'tiny', 'sparse'].map((name) => join(work, name));
  for (const folder of [big, tiny, sparse]) mkdirSync(folder);
  makeFile(join(big, 'weights.bin'), gib * 1024 * MIB);
  writeFileSync(join(tiny, 'weights.bin'), 'tiny');
  writeFileSync(join(sparse, 'weights.bin'), '');
  truncateSync(join(sparse, 'weights.bin'), sparseGib * 1024 * MIB);

  await register(tiny, 'bench/tiny@1.0.0');
  await register(big, 'bench/big@1.0.0');
  const trust = join(work, 'trust.json');
  await weighbridge('trust', 'export', '-o', trust);
  const offline = (folder) =>
    measure([
      cli,
      '--home',
      join(work, 'device'),
      'verify',
      folder,
      '--bundle',
      `${folder}.bundle`,
      '--offline',
      '--trust',
      trust,
    ]);

  const ratios = [];
  const starts = [];
  for (let run = 0; run < runs; run += 1) {
    const ours = await offline(big);
    const theirs = await measure(['openssl', 'dgst', '-sha3-512', join(big, 'weights.bin')]);
    ratios.push(ours.cpu / theirs.cpu);
    starts.push((await offline(tiny)).cpu * 1000);
  }
  say(`verify of ${gib} GiB, CPU ÷ openssl dgst -sha3-512`, median(ratios), 1.3, '×  ');
  say('verify --offline of a tiny release, CPU (least of the runs)', Math.min(...starts), 400, 'ms ');
  say('bundle of a small release', statSync(join(work, 'tiny.bundle')).size / 1000, 12, 'kB ');

  const { registered, approved } = await register(sparse, 'bench/sparse@1.0.0');
  say(`register of ${sparseGib} GiB, peak memory`, registered.peak, 256, 'MiB');
  say('approve, peak memory', approved.peak, 256, 'MiB');
  say(`verify of ${sparseGib} GiB, peak memory`, (await offline(sparse)).peak, 256, 'MiB');
} finally {
  rmSync(work, { recursive: true, force: true });
}
process.exitCode = over === 0 ? 0 : 1;
