// What publishing and fetching cost: CPU against the digests alone, verified throughput, memory at any size.
// Usage: node scripts/bench/channels.mjs [--mib 1024] [--sparse-gib 6] [--runs 3]
// What a tiny release costs (start, keys, chain) is taken off both sides. Interleaved runs; exits 1 when a figure is over.
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { flag, makeFile, measure, median, Report } from './process-cost.mjs';

const cli = fileURLToPath(new URL('../../node_modules/.bin/weighbridge', import.meta.url));
const [mib, sparseGib, runs] = [flag('--mib', 1024), flag('--sparse-gib', 6), flag('--runs', 3)];
const MIB = 1 << 20;
const work = mkdtempSync(join(tmpdir(), 'weighbridge-bench-'));
const report = new Report();
let releases = 0;

const weighbridge = (...words) => measure([cli, '--home', join(work, 'home'), '--quiet', ...words]);
const registering = (folder, ...more) => {
  releases += 1;
  return ['register', folder, '--model', `bench/r${releases}`, '--version', '1.0.0', ...more];
};

async function publish(folder) {
  const words = registering(folder);
  const cost = await weighbridge(...words);
  const ref = `${words[3]}@1.0.0`;
  await weighbridge('approve', ref);
  return { cost, ref };
}

async function fetchFrom(ref, ...channel) {
  const to = join(work, 'to');
  const cost = await weighbridge('fetch', ref, '--to', to, ...channel);
  rmSync(to, { recursive: true });
  return cost;
}

try {
  const [big, tiny, sparse] = ['big', 'tiny', 'sparse'].map((name) => join(work, name));
  for (const folder of [big, tiny, sparse]) mkdirSync(folder);
  makeFile(join(big, 'weights.bin'), mib * MIB);
  writeFileSync(join(tiny, 'weights.bin'), 'tiny');
  writeFileSync(join(sparse, 'weights.bin'), '');
  truncateSync(join(sparse, 'weights.bin'), sparseGib * 1024 * MIB);

  await publish(tiny);
  const shares = [];
  let last;
  for (let run = 0; run < runs; run += 1) {
    const digests = (await weighbridge(...registering(big, '--dry-run'))).cpu;
    const noDigests = (await weighbridge(...registering(tiny, '--dry-run'))).cpu;
    last = await publish(big);
    const nothing = await publish(tiny);
    shares.push((last.cost.cpu - nothing.cost.cpu) / (digests - noDigests));
  }
  report.atMost(`publish ${mib} MiB to both channels, CPU ÷ digests alone`, median(shares), 1.5, '×');
  report.atMost(`publish ${mib} MiB, peak memory`, last.cost.peak, 256, 'MiB', 128);

  const small = (await publish(tiny)).ref;
  for (const channel of ['ipfs', 'git-lfs']) {
    const rates = [];
    let peak = 0;
    for (let run = 0; run < runs; run += 1) {
      const cost = await fetchFrom(last.ref, '--channel', channel);
      const start = await fetchFrom(small, '--channel', channel);
      rates.push((mib * MIB) / 1e6 / (cost.wall - start.wall));
      peak = Math.max(peak, cost.peak);
    }
    console.log(
      `     ${`fetch from ${channel}, all four digests checked, wall time`.padEnd(62)} ${median(rates).toFixed(2).padStart(10)} MB/s`,
    );
    report.atMost(`fetch from ${channel}, peak memory`, peak, 256, 'MiB', 128);
  }

  if (sparseGib > 0) {
    const { cost, ref } = await publish(sparse);
    report.atMost(`publish ${sparseGib} GiB, peak memory`, cost.peak, 256, 'MiB', 128);
    report.atMost(`fetch ${sparseGib} GiB, peak memory`, (await fetchFrom(ref)).peak, 256, 'MiB', 128);
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
process.exitCode = report.over === 0 ? 0 : 1;
