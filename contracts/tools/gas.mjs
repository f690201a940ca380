// Measures every transaction anew into snapshots/, prints the table and fails where a figure is over what it must be.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CONTRACTS = fileURLToPath(new URL('..', import.meta.url));

/** Gas of a whole transaction, or bytes of code. Rows that are not here are shown without a limit. */
const LIMITS = {
  'register, later of a model': { must: 104_000, reach: 101_000 },
  'register, first of a model': { must: 122_000, reach: 118_000 },
  'approve, not the last needed': { must: 41_500, reach: 36_000 },
  'approve, the only one needed': { must: 41_500, reach: 36_000 },
  'approve, the last of 2 needed': { must: 41_500, reach: 36_000 },
  revoke: { must: 32_500, reach: 32_000 },
  'runtime code, bytes': { must: 9_000, reach: 7_500 },
};

function measure() {
  const options = ['test', '--isolate', '--match-contract', 'GasTest'];
  const stdio = ['ignore', 'ignore', 'inherit'];
  execFileSync(join(CONTRACTS, 'node_modules/.bin/forge'), options, { cwd: CONTRACTS, stdio });
  return Object.entries(JSON.parse(readFileSync(join(CONTRACTS, 'snapshots/ReleaseRegistry.json'), 'utf8')));
}

function judge(figure, limits) {
  if (limits === undefined) return '';
  if (figure > limits.must) return 'OVER MUST';
  return figure > limits.reach ? 'within must' : 'reached';
}

function print(cells) {
  const [name, ...rest] = cells;
  console.log(name.padEnd(46) + rest.map((cell) => String(cell).padStart(13)).join(''));
}

print(['', 'measured', 'must', 'reach', '']);
let over = 0;
for (const [name, value] of measure()) {
  const limits = LIMITS[name];
  const judgement = judge(Number(value), limits);
  if (judgement === 'OVER MUST') over += 1;
  print([name, value, limits?.must ?? '', limits?.reach ?? '', judgement]);
}
process.exitCode = over === 0 ? 0 : 1;
