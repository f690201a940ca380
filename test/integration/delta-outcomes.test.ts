import { chmodSync, existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { expectOutcome } from '../support/command-line.js';
import { flipByte } from '../support/damage.js';
import { applyLine, buildDelta, putFolder } from '../support/delta.js';
import { holdLock } from '../support/hold-lock.js';
import { MIB, noise } from '../support/models.js';
import { PILOT_2, prepared, sandbox } from '../support/sandbox.js';
import { namesIn } from '../support/snapshot.js';
import { filesBelow } from '../support/stores.js';
import { WITHOUT_RIGHTS } from '../support/without-rights.js';

test('what may not be read or written: IO, and nothing is left', async () => {
  const box = sandbox();
  const delta = await buildDelta(box, { a: 'a' }, { a: 'b' });
  chmodSync(box.folder, 0o755);
  mkdirSync(box.at('open'));
  chmodSync(box.at('open'), 0o777);
  const options = { home: box.at('open/home'), under: WITHOUT_RIGHTS };
  const out = box.at('open/x.wbdelta');
  // the folder of the packages may be read, not written
  await expectOutcome('IO', applyLine(delta, box.at('to')), options);
  await expectOutcome('IO', ['delta', 'build', '--to', delta.to, '-o', box.at('x.wbdelta')], options);
  chmodSync(join(delta.to, 'a'), 0o600);
  await expectOutcome('IO', ['delta', 'build', '--to', delta.to, '-o', out], options);
  await expectOutcome('IO', ['delta', 'plan', '--to', delta.to], options);
  chmodSync(delta.file, 0o600);
  await expectOutcome('IO', ['delta', 'inspect', delta.file], options);
  await expectOutcome('IO', applyLine(delta, box.at('open/to')), options);
  expect(namesIn(box.at('open'))).toEqual([]);
  expect(namesIn(box.folder)).toEqual(['a-from', 'a-to', 'a.wbdelta', 'open']);
});

test('a package that does not fit: IO, and what had its name stays', async () => {
  const box = sandbox();
  await putFolder(box.at('to'), { 'a.bin': noise('does not fit', 2 * MIB) });
  const under = ['bash', '-c', 'ulimit -f 1024; trap "" XFSZ; exec "$@"', '-'];
  const line = ['delta', 'build', '--to', box.at('to'), '-o', box.at('x.wbdelta')];
  await expectOutcome('IO', line, { home: box.at('home'), under });
  expect(namesIn(box.folder)).toEqual(['to']);
});

test('a registered target waits for whoever writes the home folder: BUSY', async () => {
  const box = sandbox();
  const home = box.publisher();
  const { kill, ended } = await holdLock(join(home, 'lock'), ['approve', 'acme/pilot@3.0.0', '--as', 'bob'], home);
  const sides = ['--from', prepared.model('pilot-1'), '--to', PILOT_2, '--lock-timeout', '1s'];
  await expectOutcome('BUSY', ['--home', home, 'delta', 'plan', ...sides]);
  await expectOutcome('BUSY', ['--home', home, 'delta', 'build', ...sides, '-o', box.at('x.wbdelta')]);
  kill();
  await ended;
  expect(existsSync(box.at('x.wbdelta'))).toBe(false);
});

test('bytes of a release that rotted on every channel: TAMPERED', async () => {
  const box = sandbox();
  const home = box.publisher();
  for (const path of filesBelow(join(home, 'ipfs'))) if (statSync(path).size === MIB) flipByte(path, 77);
  for (const path of filesBelow(join(home, 'git'))) if (statSync(path).size > 2 * MIB) flipByte(path, 77);
  const line = ['--from', PILOT_2, '--to', prepared.model('pilot-1')];
  await expectOutcome('TAMPERED', ['delta', 'plan', ...line], { home });
  await expectOutcome('TAMPERED', ['delta', 'build', ...line, '-o', box.at('x.wbdelta')], { home });
  expect(existsSync(box.at('x.wbdelta'))).toBe(false);
});
