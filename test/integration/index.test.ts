import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { expectOutcome, weighbridge } from '../support/command-line.js';
import { holdLock } from '../support/hold-lock.js';
import { PILOT_2, sandbox } from '../support/sandbox.js';
import { namesIn, snapshot } from '../support/snapshot.js';

const listed = async (home: string) => (await expectOutcome('OK', ['list'], { home })).answer.releases as object[];
const stateOf = async (home: string) =>
  ((await weighbridge(['doctor'], { home })).answer.parts as { name: string; state: string }[]).find(
    ({ name }) => name === 'index',
  )?.state;

test('the rows that writers kept are those that a rebuild derives, and those without an index', async () => {
  const home = sandbox().publisher();
  expect(await stateOf(home)).toBe('ok');
  const kept = await listed(home);
  expect(kept).toHaveLength(4);
  const { answer } = await expectOutcome('OK', ['index', 'rebuild'], { home });
  expect(answer).toMatchObject({ releases: 4, replaced: false });
  expect(await listed(home)).toEqual(kept);
  rmSync(join(home, 'index.sqlite'));
  expect(await listed(home)).toEqual(kept);
  expect(namesIn(home)).not.toContain('index.sqlite');
});

test('an index of an older state of the chain is not believed; the next writer brings it along', async () => {
  const box = sandbox();
  const home = box.publisher();
  box.copy(join(home, 'index.sqlite'), 'old.sqlite');
  await expectOutcome('OK', ['revoke', PILOT_2, '--reason', 'why'], { home });
  const revoked = await listed(home);
  expect(revoked).toContainEqual(expect.objectContaining({ release: PILOT_2, status: 'revoked', reason: 'why' }));
  rmSync(join(home, 'index.sqlite'));
  box.copy(box.at('old.sqlite'), 'publisher/index.sqlite');
  expect(await stateOf(home)).toBe('stale');
  expect(await listed(home)).toEqual(revoked);
  await expectOutcome('OK', ['approve', 'acme/pilot@3.0.0', '--as', 'bob'], { home });
  expect(await stateOf(home)).toBe('ok');
  expect(await listed(home)).toContainEqual(
    expect.objectContaining({ release: 'acme/pilot@3.0.0', status: 'approved' }),
  );
});

test('a damaged index changes nothing but that doctor says so, and is put aside by a rebuild', async () => {
  const home = sandbox().publisher();
  const kept = await listed(home);
  writeFileSync(join(home, 'index.sqlite'), 'no database, but long enough to be taken for one by somebody');
  expect(await stateOf(home)).toBe('damaged');
  expect(await listed(home)).toEqual(kept);
  await expectOutcome('OK', ['require', PILOT_2], { home });
  const { answer } = await expectOutcome('OK', ['index', 'rebuild'], { home });
  expect(answer).toMatchObject({ replaced: true });
  expect(namesIn(home)).toContain('index.sqlite.damaged');
  expect(await listed(home)).toEqual(kept);
});

test('USAGE where there is nothing to derive it from; BUSY while somebody writes', async () => {
  const box = sandbox();
  await expectOutcome('USAGE', ['index', 'rebuild'], { home: box.at('none') });
  expect(snapshot(box.at('none'))).toEqual({});
  const home = box.publisher();
  const { kill, ended } = await holdLock(join(home, 'lock'), ['approve', 'acme/pilot@3.0.0', '--as', 'bob'], home);
  await expectOutcome('BUSY', ['--home', home, 'index', 'rebuild', '--lock-timeout', '1s']);
  kill();
  await ended;
});
