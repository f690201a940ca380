// Prints which command reaches which outcome in which test, from what the test runs of the command line left behind.
// Fails when a promised cell (test/promised-outcomes.json) is empty. Run it after integration and journeys.
import { readFileSync } from 'node:fs';

const read = (path) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
const promised = JSON.parse(read('test/promised-outcomes.json'));

let lines;
try {
  lines = read('.cache/outcomes.jsonl').trim().split('\n');
} catch {
  console.error(
    'no test has left an outcome: run `pnpm exec vitest run --project integration --project journeys` first',
  );
  process.exit(1);
}

const cells = new Map();
for (const line of lines) {
  const { command, outcome, test } = JSON.parse(line);
  const cell = `${command} ${outcome}`;
  cells.set(cell, { test: cells.get(cell)?.test ?? test, runs: (cells.get(cell)?.runs ?? 0) + 1 });
}

let empty = 0;
for (const [command, outcomes] of Object.entries(promised)) {
  for (const outcome of outcomes) {
    const cell = cells.get(`${command} ${outcome}`);
    if (cell === undefined) empty += 1;
    console.log(
      `${command.padEnd(16)} ${outcome.padEnd(15)} ${cell === undefined ? '-- no test reaches it' : `${String(cell.runs).padStart(4)} runs  ${cell.test}`}`,
    );
  }
}
console.log(`${Object.values(promised).flat().length} promised cells, ${empty} empty`);
process.exitCode = empty === 0 ? 0 : 1;
