// What packages weigh and cost against the byte tools of today, on the same pairs in the same run. Needs `pnpm build`.
//   node scripts/bench/delta.mjs [NAME...] [--all] [--slow] [--zipnn] [--rounds 1] [--peers-only] [--json FILE] [--cache FOLDER]
// `--slow` lets all tools run on large files (minutes of CPU a pair). Exits 1 when a package is over what it must be.
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ourRow, payloadBytes } from './delta/ours.mjs';
import { CACHE, pair } from './delta/pairs.mjs';
import { applyPeer, peerRows } from './delta/peers.mjs';
import { COSTS, overheadLimit, ROWS } from './delta/targets.mjs';
import { differenceEntropy, ownEntropy } from './delta/yardstick.mjs';
import { zipnnRows } from './delta/zipnn.mjs';

const SMALL_ROWS = ['r1', 'r7', 'int8', 'int8-renamed', 'requantized', 'unrelated', 'adapter70b'];
const LARGE = 150e6;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    all: { type: 'boolean', default: false },
    slow: { type: 'boolean', default: false },
    zipnn: { type: 'boolean', default: false },
    'peers-only': { type: 'boolean', default: false },
    rounds: { type: 'string', default: '1' },
    json: { type: 'string' },
    cache: { type: 'string', default: CACHE },
  },
});

const results = [];
let misses = 0;
const chosen = values.all ? Object.keys(ROWS) : positionals.length > 0 ? positionals : SMALL_ROWS;
for (const row of chosen) results.push(await benchRow(row));
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`);
process.exitCode = misses === 0 ? 0 : 1;

async function benchRow(name) {
  const row = ROWS[name];
  if (row === undefined) throw new Error(`no row ${name}; there are ${Object.keys(ROWS).join(' ')}`);
  const files = pair(row.pair ?? name, values.cache);
  const size = statSync(files.toFile).size;
  console.log(`\n${name}: ${files.fromFile === undefined ? 'no base' : statSync(files.fromFile).size} → ${size} bytes`);
  const peers = await peerRows(files, values);
  const folder = mkdtempSync(join(tmpdir(), 'weighbridge-bench-'));
  try {
    const ours = values['peers-only'] ? { error: 'not run' } : await benchOurs(files, row, peers, folder);
    if (values.zipnn) peers.push(...zipnnRows(files, values.cache));
    return report(name, { row, files, size, peers, ours });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Peers that can be timed are applied between our own runs, so that what else the machine does falls on all alike. */
async function benchOurs(files, { adapter }, peers, folder) {
  const timedBetween = async () => {
    for (const peer of peers.filter(({ patch }) => patch !== undefined)) {
      const cost = await applyPeer(peer, files, folder);
      if (peer.apply === undefined || cost.cpu < peer.apply.cpu) peer.apply = cost;
    }
  };
  const given = adapter ? files : { ...files, adapter: undefined };
  return ourRow(given, { folder, rounds: Number(values.rounds), timedBetween });
}

function report(name, { row, files, size, peers, ours }) {
  const bestPeer = peers.filter(({ aware }) => !aware).sort((a, b) => a.bytes - b.bytes)[0];
  const facts = { size, best: bestPeer?.bytes };
  if (row.entropy) facts.entropy = differenceEntropy(files.fromFile, files.toFile);
  if (row.adapter) facts.adapter = ownEntropy(files.adapter);
  const limits = row.limits(facts);
  for (const peer of peers) print(peer.known ? `${peer.tool} (known)` : peer.tool, peer, facts);
  if (facts.entropy !== undefined) console.log(`  entropy of the difference ${bytesText(facts.entropy)}`);
  if (ours.error !== undefined) console.log(`  weighbridge: ${ours.error}`);
  else printOurs(ours, { size, facts, limits, peers });
  return { name, size, ...facts, ...limits, peers, ours: withoutOutput(ours) };
}

function printOurs(ours, { size, facts, limits, peers }) {
  print('weighbridge', ours, facts);
  judge('package, bytes', ours.bytes, limits);
  const payload = payloadBytes(ours.answer);
  if (payload !== undefined) judge('beside payloads, bytes', ours.bytes - payload, overheadLimit(size));
  if (size < LARGE || size > 2 * LARGE) return;
  for (const step of ['build', 'apply']) {
    judge(`${step}, CPU s`, ours[step].cpu, COSTS[step].cpu, false);
    judge(`${step}, peak MiB`, ours[step].peak, COSTS[step].peak, false);
  }
  const zstd = peers.find(({ tool, apply }) => tool.startsWith('zstd') && apply !== undefined);
  if (zstd === undefined) return;
  judge('apply ÷ zstd -d, CPU', ours.apply.cpu / zstd.apply.cpu, { must: 10, reach: 10 }, false);
  judge('apply ÷ zstd -d, memory', ours.apply.peak / zstd.apply.peak, { must: 0.3, reach: 0.3 }, false);
}

/** Sizes decide the exit code, costs do not: cores may be shared. */
function judge(what, figure, { must, reach }, decides = true) {
  const verdict = figure > must ? 'MISS' : figure > reach ? 'PASS' : 'PASS, reached';
  if (figure > must && decides) misses += 1;
  const text = (value) => (value >= 1000 ? bytesText(value) : value.toFixed(2));
  console.log(
    `    ${what.padEnd(26)} ${text(figure).padStart(13)}  must ${text(must)}, reach ${text(reach)}: ${verdict}`,
  );
}

function print(tool, { bytes, build, apply }, { best }) {
  const ratio = best === undefined ? '' : `${(bytes / best).toFixed(3)} of best`;
  const cost = (what, spent) => (spent ? `${what} ${spent.cpu.toFixed(1)} s ${spent.peak.toFixed(0)} MiB` : '');
  console.log(
    `  ${tool.padEnd(18)} ${bytesText(bytes).padStart(13)} ${ratio.padEnd(15)} ${cost('build', build).padEnd(26)} ${cost('apply', apply)}`,
  );
}

function bytesText(value) {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

function withoutOutput({ answer, build, apply, ...rest }) {
  const bare = (cost) => cost && { cpu: cost.cpu, peak: cost.peak, wall: cost.wall };
  return { ...rest, build: bare(build), apply: bare(apply), files: answer?.files };
}
