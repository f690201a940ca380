// The main job's figures: CPU against openssl, peak memory at any size, start-up, bundle size.
// Usage: node scripts/bench/main-job.mjs [--gib 1] [--sparse-gib 6] [--runs 3]
// Interleaved runs, ratios of CPU time; exits 1 when a figure is over what must hold. Needs `pnpm build` and openssl.
import { mkdirSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { flag, makeFile, measure, median, Report } from './process-cost.mjs';

const cli = fileURLToPath(new URL('../../node_modules/.bin/weighbridge', import.meta.url));
const [gib, sparseGib, runs] = [flag('--gib', 1), flag('--sparse-gib', 6), flag('--runs', 3)];
const MIB = 1 << 20;
const work = mkdtempSync(join(tmpdir(), 'weighbridge-bench-'));
const home = join(work, 'home');
const report = new Report();

const weighbridge = (...words) => measure([cli, '--home', home, ...words]);

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
  report.atMost(`verify of ${gib} GiB, CPU ÷ openssl dgst -sha3-512`, median(ratios), 1.3, '×  ');
  report.atMost('verify --offline of a tiny release, CPU (least of the runs)', Math.min(...starts), 400, 'ms ');
  report.atMost('bundle of a small release', statSync(join(work, 'tiny.bundle')).size / 1000, 12, 'kB ');

  const { registered, approved } = await register(sparse, 'bench/sparse@1.0.0');
  report.atMost(`register of ${sparseGib} GiB, peak memory`, registered.peak, 256, 'MiB');
  report.atMost('approve, peak memory', approved.peak, 256, 'MiB');
  report.atMost(`verify of ${sparseGib} GiB, peak memory`, (await offline(sparse)).peak, 256, 'MiB');
} finally {
  rmSync(work, { recursive: true, force: true });
}
process.exitCode = report.over === 0 ? 0 : 1;
