// Our own package of a pair: built, applied, compared, each in a process of its own.
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measure } from '../process-cost.mjs';

const CLI = fileURLToPath(new URL('../../../node_modules/.bin/weighbridge', import.meta.url));

/** @returns `{bytes, payload, build, apply}` of the cheapest of some rounds, or `{error}` */
export async function ourRow({ from, to, toFile, adapter }, { folder, rounds, timedBetween = async () => {} }) {
  const file = join(folder, 'update.wbd');
  const words = [
    'delta',
    'build',
    ...(from ? ['--from', from] : []),
    '--to',
    to,
    ...(adapter ? ['--adapter', adapter] : []),
  ];
  const weighbridge = (...more) => measure([CLI, '--home', join(folder, 'home'), '--json', ...more]);
  let best;
  for (let round = 0; round < rounds; round += 1) {
    rmSync(file, { force: true });
    try {
      const build = await weighbridge(...words, '-o', file);
      await timedBetween();
      const apply = await appliedTo(weighbridge, file, { from, folder, toFile });
      best = cheaper(best, { bytes: statSync(file).size, answer: JSON.parse(build.stdout), build, apply });
    } catch (error) {
      return { error: error.message };
    }
  }
  return best;
}

/** A package without a base is applied to nothing, one with a base to its folder. */
async function appliedTo(weighbridge, file, { from, folder, toFile }) {
  const out = join(folder, 'out');
  rmSync(out, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const cost = await weighbridge('delta', 'apply', file, ...(from ? ['--base', from] : []), '--to', out);
  const name = readdirSync(out).find((entry) => entry === basename(toFile));
  await measure(['cmp', join(out, name ?? ''), toFile]);
  rmSync(out, { recursive: true });
  return cost;
}

function cheaper(best, next) {
  if (best === undefined) return next;
  const lower = (what) => (next[what].cpu < best[what].cpu ? next[what] : best[what]);
  return { ...next, build: lower('build'), apply: lower('apply') };
}

/** Bytes of the payloads of all operations, as the builder tells them; undefined when it does not. */
export function payloadBytes(answer) {
  const tensors = answer.files?.flatMap((file) => file.tensors ?? []);
  return tensors?.length > 0 ? tensors.reduce((sum, { bytes }) => sum + bytes, 0) : undefined;
}
