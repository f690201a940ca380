// Measures every transaction into snapshots/ and prints the table; fails where a figure is over what it must be.
// With --check it keeps snapshots/ as it is and fails where a figure differs.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { forgeBinary } from './forge-binary.mjs';

const CONTRACTS = fileURLToPath(new URL('..', import.meta.url));
const SNAPSHOT = join(CONTRACTS, 'snapshots/ReleaseRegistry.json');

/**
 * Gas of a whole transaction, or bytes of code. Rows that are not here are shown without a limit. `ceiling` stands where
 * docs/adr/0007-gas-of-approvals.md says why a row is over what it must be; above it is a failure all the same.
 */
const LIMITS = {
  'register, later of a model': { must: 104_000, reach: 101_000 },
  'register, first of a model': { must: 122_000, reach: 118_000 },
  'approve, not the last needed': { must: 41_500, reach: 36_000 },
  'approve, the only one needed': { must: 41_500, reach: 36_000, ceiling: 44_300 },
  'approve, the last of 2 needed': { must: 41_500, reach: 36_000, ceiling: 47_200 },
  revoke: { must: 32_500, reach: 32_000, ceiling: 32_900 },
  'runtime code, bytes': { must: 9_000, reach: 7_500 },
};

/** forge itself writes the file. */
function measure() {
  execFileSync(forgeBinary(), ['test', '--isolate', '--match-contract', 'GasTest'], {
    cwd: CONTRACTS,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return JSON.parse(readFileSync(SNAPSHOT, 'utf8'));
}

function check() {
  const text = readFileSync(SNAPSHOT, 'utf8');
  const kept = JSON.parse(text);
  const measured = measure();
  writeFileSync(SNAPSHOT, text);
  const names = new Set([...Object.keys(kept), ...Object.keys(measured)]);
  const changed = [...names].filter((name) => kept[name] !== measured[name]);
  for (const name of changed) console.error(`${name}: ${kept[name] ?? 'new'} is now ${measured[name] ?? 'gone'}`);
  if (changed.length > 0) console.error('snapshots/ is stale: run pnpm --filter @weighbridge/contracts run gas');
  return changed.length === 0;
}

function judge(figure, limits) {
  if (limits === undefined) return '';
  if (figure > (limits.ceiling ?? limits.must)) return 'OVER MUST';
  if (figure > limits.must) return 'over, ADR 7';
  return figure > limits.reach ? 'within must' : 'reached';
}

function show() {
  const rows = Object.entries(measure()).map(([name, value]) => {
    const limits = LIMITS[name];
    return [name, value, limits?.must ?? '', limits?.reach ?? '', judge(Number(value), limits)];
  });
  for (const [name, ...cells] of [['', 'measured', 'must', 'reach', ''], ...rows]) {
    console.log(name.padEnd(46) + cells.map((cell) => String(cell).padStart(13)).join(''));
  }
  return rows.every((row) => row.at(-1) !== 'OVER MUST');
}

const good = process.argv.includes('--check') ? check() : show();
process.exitCode = good ? 0 : 1;
