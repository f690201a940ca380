import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { expectOutcome, startWeighbridge } from '../support/command-line.js';
import { applyLine, buildDelta, contentOf, putFolder } from '../support/delta.js';
import { holdLock, until } from '../support/hold-lock.js';
import { MIB, noise } from '../support/models.js';
import { sandbox } from '../support/sandbox.js';
import { namesIn } from '../support/snapshot.js';

/** 50 with APPLY_KILLS=50; a few in every run. */
const KILLS = Number(process.env.APPLY_KILLS ?? 5);
const CHUNKS = 40;
const WEIGHTS = noise('delta kills', CHUNKS * MIB);
const PARTIAL = '.to.weighbridge-partial';

function goodChunks(path: string): number {
  if (!existsSync(path)) return 0;
  const found = readFileSync(path);
  const chunks = Array.from({ length: CHUNKS }, (_, index) => [index * MIB, (index + 1) * MIB] as const);
  return chunks.filter(([from, to]) => found.subarray(from, to).equals(WEIGHTS.subarray(from, to))).length;
}

test(`killed at ${KILLS} points, the same command goes on and finishes`, { timeout: 600_000 }, async () => {
  const box = sandbox();
  const delta = await buildDelta(box, { old: 'old' }, { 'a/weights.bin': WEIGHTS, 'b.txt': 'text' });
  const line = applyLine(delta, box.at('to'));
  const options = { home: box.at('home') };
  let broken = 0;
  for (let kill = 0; kill < KILLS; kill += 1) {
    const { child, ended } = startWeighbridge(line, options);
    await until(() => existsSync(box.at(PARTIAL, 'a/weights.bin')) || existsSync(box.at('to')));
    // At least one chunk; then anywhere.
    await until(() => goodChunks(box.at(PARTIAL, 'a/weights.bin')) > kill || existsSync(box.at('to')));
    await sleep(kill * 20);
    child.kill('SIGKILL');
    await ended;
    const kept = goodChunks(box.at(PARTIAL, 'a/weights.bin'));
    if (kept > 0 && kept < CHUNKS) broken += 1;
    if (!existsSync(box.at('to'))) await expectOutcome('OK', line, options);
    expect(contentOf(box.at('to'))).toEqual(contentOf(delta.to));
    expect(namesIn(box.folder)).toEqual(['a-from', 'a-to', 'a.wbdelta', 'to']);
    rmSync(box.at('to'), { recursive: true });
  }
  console.log(`apply killed at ${KILLS} points, ${broken} in mid-file: each finished by the same command`);
  expect(broken, 'some kills came in mid-file').toBeGreaterThan(0);
});

test('a build that is killed leaves no package; the next one is whole', async () => {
  const box = sandbox();
  const options = { home: box.at('home') };
  await putFolder(box.at('model'), { 'weights.bin': WEIGHTS });
  const line = ['delta', 'build', '--to', box.at('model'), '-o', box.at('x.wbdelta')];
  const { child, ended } = startWeighbridge(line, options);
  await until(() => namesIn(box.folder).length > 2);
  child.kill('SIGKILL');
  await ended;
  expect(existsSync(box.at('x.wbdelta'))).toBe(false);
  await expectOutcome('OK', line, options);
  await expectOutcome('OK', applyLine({ file: box.at('x.wbdelta'), from: undefined }, box.at('to')), options);
  expect(contentOf(box.at('to'))).toEqual(contentOf(box.at('model')));
});

test.each(['SIGINT', 'SIGTERM'] as const)('%s ends an apply soon, and what was written stays', async (signal) => {
  const box = sandbox();
  const delta = await buildDelta(box, undefined, { 'a/weights.bin': WEIGHTS });
  const line = applyLine(delta, box.at('to'));
  const { child, ended } = startWeighbridge(line, { home: box.at('home') });
  await until(() => goodChunks(box.at(PARTIAL, 'a/weights.bin')) > 0 || existsSync(box.at('to')));
  child.kill(signal);
  const { exit, stdout } = await ended;
  if (existsSync(box.at('to'))) expect(exit).toBe(0);
  else expect([exit, stdout]).toEqual([signal === 'SIGINT' ? 130 : 143, '']);
  if (!existsSync(box.at('to'))) await expectOutcome('OK', line, { home: box.at('home') });
  expect(contentOf(box.at('to'))).toEqual(contentOf(delta.to));
});

test('of two appliers into one folder one is BUSY; the other is not disturbed', async () => {
  const box = sandbox();
  const delta = await buildDelta(box, { a: 'a' }, { a: 'b' });
  const line = applyLine(delta, box.at('to'));
  const { kill, ended } = await holdLock(box.at(`${PARTIAL}.lock`), line, box.at('home'));
  await expectOutcome('BUSY', [...line, '--lock-timeout', '1s'], { home: box.at('home') });
  expect(existsSync(box.at('to'))).toBe(false);
  kill();
  await ended;
  await expectOutcome('OK', line, { home: box.at('home') });
  expect(contentOf(box.at('to'))).toEqual(contentOf(delta.to));
});

test('two appliers at once: the folder is whole, whoever wins', async () => {
  const box = sandbox();
  const delta = await buildDelta(box, { a: 'a' }, { a: noise('both', MIB), b: 'b' });
  const line = applyLine(delta, box.at('to'));
  const ends = await Promise.all([1, 2, 3].map(() => startWeighbridge(line, { home: box.at('home') }).ended));
  const outcomes = ends.map(({ stdout }) => JSON.parse(stdout).outcome as string).sort();
  expect(outcomes).toEqual(['OK', 'USAGE', 'USAGE']);
  expect(contentOf(box.at('to'))).toEqual(contentOf(delta.to));
  expect(namesIn(box.folder).filter((name) => name.startsWith('.'))).toEqual([]);
});

test('what a stranger left in the place of the pieces is not built upon, nor followed', async () => {
  const box = sandbox();
  const delta = await buildDelta(box, undefined, { 'a/b': 'target', c: 'target' });
  const line = applyLine(delta, box.at('to'));
  mkdirSync(box.at('precious'));
  writeFileSync(box.at('precious/b'), 'mine');
  await putFolder(box.at(PARTIAL), { c: 'other', 'd/e': 'other', '.weighbridge/bundle.json': '{}' });
  symlinkSync(box.at('precious'), box.at(PARTIAL, 'a'));
  await expectOutcome('OK', line, { home: box.at('home') });
  expect(contentOf(box.at('to'))).toEqual(contentOf(delta.to));
  expect(contentOf(box.at('precious'))).toEqual(contentOf(await putFolder(box.at('same'), { b: 'mine' })));

  rmSync(box.at('to'), { recursive: true });
  symlinkSync(box.at('precious'), box.at(PARTIAL));
  await expectOutcome('TAMPERED', line, { home: box.at('home') });
  expect(namesIn(box.at('precious'))).toEqual(['b']);
  expect(existsSync(box.at('to'))).toBe(false);
});

test('a disk that is full: IO, and the same command finishes when there is room', async () => {
  const box = sandbox();
  const delta = await buildDelta(box, undefined, { 'a.bin': noise('full', 2 * MIB) });
  const line = applyLine(delta, box.at('to'));
  const under = ['bash', '-c', 'ulimit -f 1024; trap "" XFSZ; exec "$@"', '-'];
  await expectOutcome('IO', line, { home: box.at('home'), under });
  expect(existsSync(box.at('to'))).toBe(false);
  await expectOutcome('OK', line, { home: box.at('home') });
  expect(contentOf(box.at('to'))).toEqual(contentOf(delta.to));
});
