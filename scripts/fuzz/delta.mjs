// Decodes damaged delta packages in this process and prints what became of them; fails when one crashes, hangs, or gives
// other bytes than it pins: node scripts/fuzz/delta.mjs [--cases 100000] [--seed 1] [--seconds 300]
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const MOST_RSS_MIB = 512;
const AT_ONCE = 1000;

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    seconds: { type: 'string', default: '300' },
  },
});
const root = fileURLToPath(new URL('../..', import.meta.url));
const built = join(root, '.cache/fuzz-packages.mjs');
await build({
  absWorkingDir: root,
  entryPoints: ['packages/journeys/src/testing/fuzz-packages.ts'],
  outfile: built,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  conditions: ['@weighbridge/source'],
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  logLevel: 'warning',
});
const { badSeeds, fuzzPackages, fuzzSeeds, operationsOf } = await import(built);
rmSync(built, { force: true });

const seeds = await fuzzSeeds();
const faults = await badSeeds(seeds);
for (const seed of seeds)
  console.log(`${seed.name.padEnd(24)} ${seed.pack.bytes.length} bytes, operations ${operationsOf(seed).join(' ')}`);
const deadline = performance.now() + Number(values.seconds) * 1000;
const sums = {};
const ways = {};
let [cases, decoded, slowestMs] = [0, 0, 0];
for (let part = 0; cases < Number(values.cases) && performance.now() < deadline; part += 1) {
  const count = await fuzzPackages(seeds, AT_ONCE, Number(values.seed) * 1_000_000 + part);
  cases += count.cases;
  decoded += count.decoded;
  slowestMs = Math.max(slowestMs, count.slowestMs);
  faults.push(...count.faults);
  for (const [name, times] of Object.entries(count.outcomes)) sums[name] = (sums[name] ?? 0) + times;
  for (const [name, times] of Object.entries(count.ways)) ways[name] = (ways[name] ?? 0) + times;
}
const { maxRSS, userCPUTime } = process.resourceUsage();
const rssMib = Math.round(maxRSS / 1024);
for (const [name, times] of Object.entries(ways).sort()) console.log(`${name.padEnd(24)} ${times}`);
console.log(
  `${cases} packages of ${seeds.length} seeds, ${decoded} reached decoders: ${JSON.stringify(sums)}; slowest ${Math.round(slowestMs)} ms, ` +
    `${Math.round(userCPUTime / 1e6)} s of CPU, at most ${rssMib} MiB; ${faults.length} faults`,
);
for (const fault of faults.slice(0, 20)) console.error(fault);
process.exitCode = faults.length === 0 && rssMib <= MOST_RSS_MIB ? 0 : 1;
