import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { expectOutcome, weighbridge } from '../support/command-line.js';
import { flipByte } from '../support/damage.js';
import { applyLine, contentOf } from '../support/delta.js';
import { PILOT_1, PILOT_2, PILOT_3, prepared, type Sandbox, sandbox, TINY } from '../support/sandbox.js';
import { namesIn } from '../support/snapshot.js';

interface Released {
  readonly box: Sandbox;
  readonly home: string;
  readonly file: string;
}

async function released(from: string | undefined, to: string): Promise<Released> {
  const box = sandbox();
  const home = box.publisher();
  const file = box.at('release.wbdelta');
  const sides = [...(from === undefined ? [] : ['--from', from]), '--to', to];
  const { answer } = await expectOutcome('OK', ['delta', 'build', ...sides, '-o', file], { home });
  const kind = (side: string | undefined) => (side === undefined ? null : side.includes('@') ? 'release' : 'content');
  expect(answer).toMatchObject({ baseKind: kind(from), targetKind: kind(to), totalBytes: statSync(file).size });
  return { box, home, file };
}

/** A device that has the trust file and nothing else. */
async function verifyOnDevice(box: Sandbox, folder: string, outcome: 'OK' | 'TAMPERED' | 'REVOKED') {
  const device = box.at('device');
  const words = ['--bundle', box.at(folder, '.weighbridge/bundle.json'), '--trust', prepared.trust];
  return expectOutcome(outcome, ['verify', box.at(folder), ...words], { home: device });
}

describe('from release to release', () => {
  test('the package holds the bundle; what it writes verifies by itself', async () => {
    const { box, home, file } = await released(PILOT_1, PILOT_2);
    const { answer: inspected } = await expectOutcome('OK', ['delta', 'inspect', file], { home: box.at('nowhere') });
    expect(inspected).toMatchObject({ release: PILOT_2, baseKind: 'release', targetKind: 'release' });
    const base = box.model('pilot-1');
    const { answer } = await expectOutcome('OK', applyLine({ file, from: base }, box.at('to')), {
      home: box.at('nowhere'),
    });
    expect(answer).toMatchObject({ release: PILOT_2, releaseDigest: inspected.target });
    expect(namesIn(box.at('to/.weighbridge'))).toEqual(['bundle.json', 'leaves', 'manifest.json']);
    const { answer: verdict } = await verifyOnDevice(box, 'to', 'OK');
    expect(verdict).toMatchObject({ release: PILOT_2, releaseDigest: inspected.target });
    await expectOutcome('OK', ['verify', box.at('to')], { home });
    const own = contentOf(box.at('to'));
    for (const [path, digest] of Object.entries(contentOf(prepared.model('pilot-2')))) expect(own[path]).toBe(digest);
    flipByte(box.at('to/model.safetensors'), 2_000_000);
    const { answer: refusal } = await verifyOnDevice(box, 'to', 'TAMPERED');
    expect(refusal).toMatchObject({ file: 'model.safetensors', chunk: 1 });
  });

  test('a base with metadata of its own is a base; the release of another is not', async () => {
    const { box, home, file } = await released(PILOT_1, PILOT_2);
    await expectOutcome('OK', ['fetch', PILOT_1, '--to', box.at('fetched')], { home });
    await expectOutcome('OK', applyLine({ file, from: box.at('fetched') }, box.at('to')), { home });
    await expectOutcome('WRONG_ARTIFACT', applyLine({ file, from: box.at('to') }, box.at('again')), { home });
  });

  test('a full package of a release, applied without a base', async () => {
    const { box, file } = await released(undefined, PILOT_2);
    await expectOutcome('OK', applyLine({ file, from: undefined }, box.at('to')), { home: box.at('nowhere') });
    await verifyOnDevice(box, 'to', 'OK');
  });

  test('a folder on either side', async () => {
    const { box, file } = await released(prepared.model('pilot-1'), PILOT_2);
    await expectOutcome('OK', applyLine({ file, from: prepared.model('pilot-1') }, box.at('to')), {
      home: box.at('nowhere'),
    });
    await verifyOnDevice(box, 'to', 'OK');
    const back = await released(PILOT_2, prepared.model('pilot-1'));
    await expectOutcome('OK', applyLine({ file: back.file, from: prepared.model('pilot-2') }, back.box.at('to')), {
      home: back.box.at('nowhere'),
    });
    expect(namesIn(back.box.at('to'))).not.toContain('.weighbridge');
  });

  test('equal releases', async () => {
    const { box, file } = await released(PILOT_2, PILOT_2);
    await expectOutcome('OK', applyLine({ file, from: prepared.model('pilot-2') }, box.at('to')), {
      home: box.at('nowhere'),
    });
    await verifyOnDevice(box, 'to', 'OK');
  });
});

describe('the status of a side', () => {
  test('a revoked base is left like any other', async () => {
    const { box, file } = await released(TINY, PILOT_2);
    await expectOutcome('OK', applyLine({ file, from: prepared.model('tiny') }, box.at('to')), {
      home: box.at('nowhere'),
    });
    await verifyOnDevice(box, 'to', 'OK');
  });

  test.each([
    [PILOT_3, 'NOT_APPROVED'],
    [TINY, 'REVOKED'],
    ['acme/pilot@9.9.9', 'UNVERIFIABLE'],
    ['nobody/pilot@1.0.0', 'UNVERIFIABLE'],
  ] as const)('a target %s is %s, and nothing is written', async (to, outcome) => {
    const box = sandbox();
    const home = box.publisher();
    const before = namesIn(box.folder);
    await expectOutcome(outcome, ['delta', 'build', '--from', PILOT_1, '--to', to, '-o', box.at('x')], { home });
    const { answer } = await weighbridge(['delta', 'plan', '--from', PILOT_1, '--to', to], { home });
    expect(answer.outcome).toBe(outcome);
    expect(namesIn(box.folder)).toEqual(before);
  });

  test('a release whose bytes are lost or rotten is none', async () => {
    const box = sandbox();
    const home = box.publisher();
    for (const name of ['ipfs', 'git']) rmSync(`${home}/${name}`, { recursive: true });
    const line = ['delta', 'plan', '--from', PILOT_1, '--to', prepared.model('pilot-2')];
    const { answer } = await weighbridge(line, { home });
    expect(['UNVERIFIABLE', 'TAMPERED']).toContain(answer.outcome);
    expect(namesIn(`${home}/journal/fetch/delta`)).toEqual([]);
  });
});

describe('a bundle in a package', () => {
  test('of another release is MALFORMED, whatever else holds', async () => {
    const { box, file } = await released(undefined, PILOT_2);
    const bytes = readFileSync(file);
    const at = bytes.indexOf('acme/pilot');
    expect(at).toBeGreaterThan(0);
    bytes[at] = 'b'.charCodeAt(0);
    writeFileSync(file, bytes);
    await expectOutcome('TAMPERED', ['delta', 'inspect', file], { home: box.at('nowhere') });
  });
});
