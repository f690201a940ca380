import {
  chmodSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  lstatSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, test } from 'vitest';
import { expectOutcome, weighbridge } from '../support/command-line.js';
import { flipByte, sortedJson } from '../support/damage.js';
import { verifyOffline } from '../support/device.js';
import { PILOT_1, PILOT_2, PILOT_3, prepared, sandbox, TINY } from '../support/sandbox.js';
import { namesIn } from '../support/snapshot.js';
import { WITHOUT_RIGHTS } from '../support/without-rights.js';

const exporting = (ref: string, file: string, ...more: string[]) => ['bundle', 'export', ref, '-o', file, ...more];

describe('bundle export', () => {
  test('canonical, small, with the members of inspect; replaces a file as a whole', async () => {
    const box = sandbox();
    const home = box.publisher();
    const file = box.at('bundle');
    writeFileSync(file, 'older'.repeat(10_000));
    const { answer } = await expectOutcome('OK', exporting(PILOT_2, file), { home });
    const text = readFileSync(file, 'utf8');
    const bundle = JSON.parse(text);
    expect(text).toBe(sortedJson(bundle));
    expect(text.length).toBeLessThan(12 * 1024);
    expect(Object.keys(bundle)).toEqual(['checkpoint', 'format', 'header', 'manifest', 'nodes']);
    const wanted = {
      release: PILOT_2,
      releaseDigest: expect.stringMatching(/^[0-9a-f]{128}$/),
      status: 'approved',
      sizeBytes: text.length,
      witnesses: [{ witness: expect.any(String), issuedAt: expect.any(String), maxAgeSeconds: 2_592_000 }],
      issuedAt: bundle.checkpoint.signatures[0].issuedAt,
      maxAgeSeconds: 2_592_000,
    };
    expect(answer).toMatchObject(wanted);
    const inspected = await expectOutcome('OK', ['bundle', 'inspect', file], { home: box.at('fresh') });
    expect(inspected.answer).toMatchObject(wanted);
    expect(namesIn(box.folder)).toEqual(['bundle', 'publisher']);
  });

  test('NOT_APPROVED and UNVERIFIABLE write nothing, and leave what is there', async () => {
    const box = sandbox();
    const home = box.publisher();
    writeFileSync(box.at('kept'), 'kept');
    for (const file of ['kept', 'new']) {
      await expectOutcome('NOT_APPROVED', exporting(PILOT_3, box.at(file)), { home });
      await expectOutcome('UNVERIFIABLE', exporting('acme/none@1', box.at(file)), { home });
    }
    await expectOutcome('UNVERIFIABLE', exporting(PILOT_1, box.at('new')), { home: box.at('fresh') });
    expect(readFileSync(box.at('kept'), 'utf8')).toBe('kept');
    expect(namesIn(box.folder)).toEqual(['kept', 'publisher']);
  });

  test('may be good for a second or for a year, which inspect says', async () => {
    const box = sandbox();
    const home = box.publisher();
    for (const [age, seconds] of [
      ['1s', 1],
      ['365d', 31_536_000],
    ] as const) {
      await expectOutcome('OK', exporting(PILOT_1, box.at(age), '--max-age', age), { home });
      const { answer } = await expectOutcome('OK', ['bundle', 'inspect', box.at(age)]);
      expect(answer.maxAgeSeconds).toBe(seconds);
    }
  });

  test('a revoked release is written all the same, exit 0, status: revoked', async () => {
    const box = sandbox();
    const { answer } = await expectOutcome('OK', exporting(TINY, box.at('b')), { home: box.publisher() });
    expect(answer.status).toBe('revoked');
    const line = verifyOffline(prepared.model('tiny'), { bundle: box.at('b') });
    await expectOutcome('REVOKED', line, { home: box.at('device') });
  });

  test('USAGE: no folder, a folder, no name; ages that are none', async () => {
    const box = sandbox();
    const home = box.publisher();
    mkdirSync(box.at('folder'));
    symlinkSync('folder', box.at('to-folder'));
    for (const file of [
      box.at('none/b'),
      box.at('folder'),
      `${box.at('folder')}/`,
      box.at('to-folder'),
      '',
      '/dev/null',
    ])
      await expectOutcome('USAGE', exporting(PILOT_1, file), { home });
    for (const age of ['0s', '7', '-1d', '366d', 'soon', '', '1.5h', '1y', '99999999999d'])
      await expectOutcome('USAGE', exporting(PILOT_1, box.at('b'), `--max-age=${age}`), { home });
    for (const line of [
      ['bundle', 'export', PILOT_1],
      ['bundle', 'export', '-o', box.at('b')],
      exporting('acme', box.at('b')),
    ])
      await expectOutcome('USAGE', line, { home });
    expect(namesIn(box.folder)).toEqual(['folder', 'publisher', 'to-folder']);
  });

  test('-o onto a symlink replaces the link and leaves what it points to', async () => {
    const box = sandbox();
    writeFileSync(box.at('target'), 'mine');
    symlinkSync('target', box.at('link'));
    await expectOutcome('OK', exporting(PILOT_1, box.at('link')), { home: box.publisher() });
    expect(readFileSync(box.at('target'), 'utf8')).toBe('mine');
    expect(lstatSync(box.at('link')).isSymbolicLink() ? readlinkSync(box.at('link')) : 'a file').toBe('a file');
  });

  test('IO: a folder that may not be written; nothing half-written', async () => {
    const box = sandbox();
    box.publisher();
    chmodSync(box.folder, 0o755);
    mkdirSync(box.at('shut'), { mode: 0o555 });
    const own = [
      'sh',
      '-c',
      'chown -R 65534 "$0" && exec setpriv --reuid 65534 --regid 65534 --clear-groups "$@"',
      box.at('publisher'),
    ];
    await expectOutcome('IO', exporting(PILOT_1, box.at('shut/b')), { home: box.at('publisher'), under: own });
    expect(namesIn(box.at('shut'))).toEqual([]);
  });

  test('two exports of one block say the same of it', async () => {
    const box = sandbox();
    const home = box.publisher();
    for (const name of ['a', 'b']) await expectOutcome('OK', exporting(PILOT_1, box.at(name)), { home });
    const [a, b] = ['a', 'b'].map((name) => JSON.parse(readFileSync(box.at(name), 'utf8')));
    expect([b.header, b.nodes, b.checkpoint.number, b.checkpoint.hash]).toEqual([
      a.header,
      a.nodes,
      a.checkpoint.number,
      a.checkpoint.hash,
    ]);
    for (const name of ['b', 'a']) {
      const line = verifyOffline(prepared.model('pilot-1'), { bundle: box.at(name) });
      await expectOutcome('OK', line, { home: box.at('device') });
    }
  });
});

describe('bundle inspect', () => {
  test('shows what it says by its own word, though no trust would take it', async () => {
    const box = sandbox();
    const bundle = box.copy(prepared.bundle('pilot-1'), 'bundle');
    const text = readFileSync(bundle, 'utf8');
    writeFileSync(bundle, text.replace(/"maxAgeSeconds":2592000/, '"maxAgeSeconds":2592001'));
    const { answer } = await expectOutcome('OK', ['bundle', 'inspect', bundle]);
    expect(answer).toMatchObject({ release: PILOT_1, maxAgeSeconds: 2_592_001 });
    await expectOutcome('UNTRUSTED', verifyOffline(prepared.model('pilot-1'), { bundle }), { home: box.at('device') });
    const { stdout } = await weighbridge(['bundle', 'inspect', bundle], { json: false });
    expect(stdout).toContain(PILOT_1);
    expect(stdout).not.toMatch(/\bverified\b/i);
  });

  test.each([
    ['pilot-1-early', 'approved'],
    ['pilot-1', 'superseded'],
    ['tiny-revoked', 'revoked'],
  ] as const)('%s: %s', async (name, status) => {
    expect((await expectOutcome('OK', ['bundle', 'inspect', prepared.bundle(name)])).answer.status).toBe(status);
  });

  test('LIMIT: too large, before it is read; MALFORMED: a changed byte in its structure; IO; USAGE', async () => {
    const box = sandbox();
    writeFileSync(box.at('huge'), '{');
    truncateSync(box.at('huge'), 8 * 1024 ** 3);
    await expectOutcome('LIMIT', ['bundle', 'inspect', box.at('huge')]);
    const bundle = box.copy(prepared.bundle('pilot-1'), 'bundle');
    flipByte(bundle, 2);
    await expectOutcome('MALFORMED', ['bundle', 'inspect', bundle]);
    await expectOutcome('USAGE', ['bundle', 'inspect']);
    await expectOutcome('USAGE', ['bundle', 'inspect', bundle, bundle]);
    chmodSync(box.folder, 0o755);
    chmodSync(bundle, 0);
    await expectOutcome('IO', ['bundle', 'inspect', bundle], { under: WITHOUT_RIGHTS, home: box.at('h') });
  });

  test('each of 16 bytes flipped is refused by a device', async () => {
    const box = sandbox();
    const bundle = box.copy(prepared.bundle('tiny'), 'bundle');
    const whole = readFileSync(bundle);
    for (let index = 0; index < 16; index += 1) {
      writeFileSync(bundle, whole);
      flipByte(bundle, Math.floor((index * whole.length) / 16), 1 << (index % 8));
      const { answer } = await weighbridge(verifyOffline(prepared.model('tiny'), { bundle }), {
        home: box.at('device'),
      });
      expect(['MALFORMED', 'UNTRUSTED', 'LIMIT'], `byte ${index}: ${answer.message}`).toContain(answer.outcome);
    }
    expect(namesIn(box.folder)).toEqual(['bundle']);
  });
});
