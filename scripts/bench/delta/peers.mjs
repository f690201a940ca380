// Byte tools of today on a pair: their patch is made once and kept beside the pairs, applying is timed in every run.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { measure } from '../process-cost.mjs';

const zstd = (level) => ({
  upTo: level > 3 ? 40e6 : 2 ** 31,
  build: (from, to, patch) => ['zstd', '-q', '-f', `-${level}`, '--long=31', `--patch-from=${from}`, to, '-o', patch],
  apply: (from, patch, to) => ['zstd', '-q', '-f', '-d', '--long=31', `--patch-from=${from}`, patch, '-o', to],
});

/** `upTo`: bytes above which a tool takes minutes and has no turn unless that is asked for. */
const PEERS = {
  'zstd -3': zstd(3),
  'zstd -19': zstd(19),
  xdelta3: {
    upTo: 40e6,
    build: (from, to, patch) => ['xdelta3', '-e', '-9', '-f', '-B', '2147483648', '-s', from, to, patch],
    apply: (from, patch, to) => ['xdelta3', '-d', '-f', '-B', '2147483648', '-s', from, patch, to],
  },
  bsdiff: {
    upTo: 12e6,
    build: (from, to, patch) => ['bsdiff', from, to, patch],
    apply: (from, patch, to) => ['bspatch', from, to, patch],
  },
};

/** What takes minutes or gigabytes, as once measured on pairs made in the same way: bytes by tool. */
const KNOWN = {
  r3: { bsdiff: 25_364_172 },
  s1: { bsdiff: 8_065_760 },
  's1-bf16': { bsdiff: 8_065_760 },
  s3: { hdiffz: 25_986_119 },
  s4: { bsdiff: 73_000_000 },
  s5: { bsdiff: 17_261_579 },
  s6: { bsdiff: 27_967_994 },
  's6-q4': { bsdiff: 5_206_598 },
  s9: { bsdiff: 10_402_442 },
  rename: { hdiffz: 1_537 },
};

/** @returns rows `{tool, bytes, build?, patch?}`; a tool that is not installed has none, a known size no cost */
export async function peerRows({ name, fromFile, toFile }, { cache, slow }) {
  if (fromFile === undefined) return [];
  const size = statSync(toFile).size;
  const rows = [];
  for (const [tool, peer] of Object.entries(PEERS)) {
    if (size > 2 ** 31 || (size > peer.upTo && !slow && !existsSync(costFile(cache, name, tool)))) continue;
    const row = await peerRow(tool, peer, { name, fromFile, toFile, cache });
    if (row !== undefined) rows.push(row);
  }
  for (const [tool, bytes] of Object.entries(KNOWN[name] ?? {}))
    if (!rows.some((row) => row.tool === tool)) rows.push({ tool, bytes, known: true });
  return rows;
}

const costFile = (cache, name, tool) => join(cache, 'peers', `${name}.${tool.replace(' ', '')}.json`);

async function peerRow(tool, peer, { name, fromFile, toFile, cache }) {
  const file = costFile(cache, name, tool);
  const patch = file.replace(/json$/, 'patch');
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true });
    try {
      const { cpu, peak } = await measure(peer.build(fromFile, toFile, `${patch}.part`));
      renameSync(`${patch}.part`, patch);
      writeFileSync(file, JSON.stringify({ cpu, peak }));
    } catch (error) {
      rmSync(`${patch}.part`, { force: true });
      console.error(`${tool} on ${name}: ${error.message}`);
      return undefined;
    }
  }
  return { tool, bytes: statSync(patch).size, build: JSON.parse(readFileSync(file, 'utf8')), patch };
}

/** @returns what applying a peer's patch costs, `{cpu, peak}` */
export async function applyPeer({ tool, patch }, { fromFile }, folder) {
  const out = join(folder, `${tool}.out`);
  const cost = await measure(PEERS[tool].apply(fromFile, patch, out));
  rmSync(out);
  return cost;
}
