import { readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { expectOutcome, weighbridge } from '../support/command-line.js';
import { flipByte } from '../support/damage.js';
import { holdLock } from '../support/hold-lock.js';
import { PILOT_1, PILOT_2, prepared, type Sandbox, sandbox } from '../support/sandbox.js';
import { namesIn } from '../support/snapshot.js';

async function exported(): Promise<{ box: Sandbox; car: string; home: string }> {
  const box = sandbox();
  const car = box.at('pilot.car');
  const { answer } = await expectOutcome('OK', ['car', 'export', PILOT_2, '-o', car], { home: prepared.home });
  expect(answer).toMatchObject({ release: PILOT_2, bytes: readFileSync(car).length });
  const home = box.publisher('elsewhere');
  rmSync(join(home, 'ipfs'), { recursive: true });
  return { box, car, home };
}

test('a release goes from one home folder to another in one file', async () => {
  const { box, car, home } = await exported();
  await expectOutcome('UNVERIFIABLE', ['fetch', PILOT_2, '--to', box.at('early'), '--channel', 'ipfs'], { home });
  const { answer } = await expectOutcome('OK', ['car', 'import', PILOT_2, car], { home });
  expect(answer).toMatchObject({ release: PILOT_2, root: expect.stringMatching(/^bafy/) });
  for (const name of ['manifests', 'leaves', 'git']) rmSync(join(home, name), { recursive: true });
  await expectOutcome('OK', ['fetch', PILOT_2, '--to', box.at('to'), '--channel', 'ipfs'], { home });
  const again = box.at('again.car');
  await expectOutcome('OK', ['car', 'export', PILOT_2, '-o', again], { home });
  expect(readFileSync(again).equals(readFileSync(car))).toBe(true);
});

test('a flipped, cut, foreign or other file is refused, and nothing is found of it', async () => {
  const { box, car, home } = await exported();
  const spoil = (name: string, change: (path: string) => void): string => {
    const path = box.copy(car, name);
    change(path);
    return path;
  };
  const imports = (ref: string, path: string) => ['car', 'import', ref, path];
  await expectOutcome(
    'TAMPERED',
    imports(
      PILOT_2,
      spoil('flipped.car', (path) => flipByte(path, 500_000)),
    ),
    { home },
  );
  const cut = spoil('cut.car', (path) => truncateSync(path, 1_000_000));
  expect(['UNVERIFIABLE', 'MALFORMED']).toContain((await weighbridge(imports(PILOT_2, cut), { home })).answer.outcome);
  await expectOutcome('WRONG_ARTIFACT', imports(PILOT_1, car), { home });
  await expectOutcome(
    'MALFORMED',
    imports(
      PILOT_2,
      spoil('text.car', (path) => writeFileSync(path, 'no CAR')),
    ),
    { home },
  );
  await expectOutcome(
    'MALFORMED',
    imports(
      PILOT_2,
      spoil('empty.car', (path) => truncateSync(path, 0)),
    ),
    { home },
  );
  await expectOutcome('UNVERIFIABLE', imports('acme/pilot@9.9.9', car), { home });
  for (const ref of [PILOT_1, PILOT_2])
    expect((await weighbridge(['show', ref], { home })).answer.channels).toEqual(['git-lfs']);
  await expectOutcome('USAGE', imports(PILOT_2, box.at('none.car')), { home });
  await expectOutcome('USAGE', imports(PILOT_2, box.folder), { home });
});

test('a rotten or lost store exports nothing', async () => {
  const { box, home } = await exported();
  const line = ['car', 'export', PILOT_2, '-o', box.at('x.car')];
  await expectOutcome('UNVERIFIABLE', line, { home });
  await expectOutcome('USAGE', ['car', 'export', PILOT_2, '-o', box.at('missing/x.car')], { home });
  expect(namesIn(box.folder)).not.toContain('x.car');
  const { kill, ended } = await holdLock(join(home, 'lock'), ['approve', 'acme/pilot@3.0.0', '--as', 'bob'], home);
  const waiting = ['--home', home, 'car', 'import', PILOT_2, box.at('pilot.car'), '--lock-timeout', '1s'];
  await expectOutcome('BUSY', waiting);
  kill();
  await ended;
});
