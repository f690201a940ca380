import { execFileSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '@weighbridge/manifest/manifest';
import { describe, expect, test } from 'vitest';
import { expectOutcome, weighbridge } from '../support/command-line.js';
import { editJson, flipByte } from '../support/damage.js';
import { holdLock } from '../support/hold-lock.js';
import { PILOT_1, PILOT_2, PILOT_3, prepared, type Sandbox, sandbox, TINY } from '../support/sandbox.js';
import { namesIn, snapshot } from '../support/snapshot.js';
import { WITHOUT_RIGHTS } from '../support/without-rights.js';
import { chunkOf, filesBelow, ipfsBlock, lfsObject, listed } from '../support/stores.js';

const WEIGHTS = 'model.safetensors';
const MODEL = 'acme/pilot';

interface Scene {
  readonly box: Sandbox;
  readonly home: string;
  readonly manifest: Manifest;
  /** The stored file of a chunk of the weights, in either channel; of the whole file in Git LFS. */
  readonly stored: (channel: 'ipfs' | 'git-lfs', chunk: number) => { path: string; offset: number };
}

async function sceneOf(ref = PILOT_2, model = 'pilot-2'): Promise<Scene> {
  const box = sandbox();
  const home = box.publisher();
  const shown = await weighbridge(['show', ref, '--manifest'], { home, json: false });
  const manifest = JSON.parse(shown.stdout) as Manifest;
  const stored: Scene['stored'] = (channel, chunk) =>
    channel === 'git-lfs'
      ? { path: lfsObject(home, MODEL, listed(manifest, WEIGHTS)), offset: chunk * 1_048_576 }
      : { path: ipfsBlock(home, chunkOf(join(prepared.model(model), WEIGHTS), chunk)), offset: 0 };
  return { box, home, manifest, stored };
}

function rot(scene: Scene, channel: 'ipfs' | 'git-lfs', chunk: number): void {
  const { path, offset } = scene.stored(channel, chunk);
  flipByte(path, offset + 7);
}

/** Bytes of a fetched folder are those of the model, and it verifies alone. */
async function expectWhole(scene: Scene, folder: string, model = 'pilot-2'): Promise<void> {
  for (const { path } of scene.manifest.files) {
    expect(readFileSync(join(folder, path)).equals(readFileSync(join(prepared.model(model), path))), path).toBe(true);
    expect(statSync(join(folder, path)).nlink, path).toBe(1);
  }
  const { answer } = await expectOutcome('OK', ['verify', folder, '--trust', prepared.trust, '--all-digests'], {
    home: scene.box.at('device'),
  });
  expect(answer).toMatchObject({ release: PILOT_2, files: scene.manifest.files.length });
}

describe('fetch', () => {
  test('puts a release together that verifies alone, from both channels or from one', async () => {
    const scene = await sceneOf();
    for (const more of [[], ['--channel', 'ipfs'], ['--channel', 'git-lfs']]) {
      const to = scene.box.at(`to-${more.at(-1) ?? 'both'}`);
      const { answer } = await expectOutcome('OK', ['fetch', PILOT_2, '--to', to, ...more], { home: scene.home });
      expect(answer).toMatchObject({ release: PILOT_2, status: 'approved', development: true, faults: [] });
      expect(answer).not.toHaveProperty('channel');
      await expectWhole(scene, to);
    }
    expect(namesIn(scene.home)).not.toContain('tmp');
    expect(namesIn(join(scene.home, 'journal/fetch'))).toEqual([]);
  });

  test('needs nothing of the home folder but the channels, the chain and trust', async () => {
    const scene = await sceneOf();
    for (const name of ['manifests', 'leaves', 'index.sqlite'])
      rmSync(join(scene.home, name), { recursive: true, force: true });
    for (const channel of ['ipfs', 'git-lfs']) {
      const to = scene.box.at(channel);
      await expectOutcome('OK', ['fetch', PILOT_2, '--to', to, '--channel', channel], { home: scene.home });
      await expectWhole(scene, to);
    }
  });

  test.each(['ipfs', 'git-lfs'] as const)('rot in %s is made good by the other channel, and named', async (channel) => {
    const scene = await sceneOf();
    rot(scene, channel, 1);
    const to = scene.box.at('to');
    const { answer } = await expectOutcome('OK', ['fetch', PILOT_2, '--to', to], { home: scene.home });
    // Which channel is asked for a chunk first is nobody's promise; asked alone, the rotten one must be found out.
    if (answer.channel !== undefined) expect(answer).toMatchObject({ channel, file: WEIGHTS, chunk: 1 });
    await expectWhole(scene, to);
    const alone = scene.box.at('alone');
    const refused = await expectOutcome('TAMPERED', ['fetch', PILOT_2, '--to', alone, '--channel', channel], {
      home: scene.home,
    });
    expect(refused.answer).toMatchObject({
      release: PILOT_2,
      channel,
      file: WEIGHTS,
      chunk: 1,
      expected: expect.stringMatching(/^[0-9a-f]{128}$/),
      found: expect.stringMatching(/^[0-9a-f]{128}$/),
    });
    expect(existsSync(alone)).toBe(false);
  });

  test('both channels rotten in different chunks: the good halves make a whole', async () => {
    const scene = await sceneOf();
    rot(scene, 'ipfs', 0);
    rot(scene, 'git-lfs', 2);
    const to = scene.box.at('to');
    await expectOutcome('OK', ['fetch', PILOT_2, '--to', to], { home: scene.home });
    await expectWhole(scene, to);
  });

  test('a Git LFS object cut in half and a rotten block before the cut make a whole', async () => {
    const scene = await sceneOf();
    truncateSync(scene.stored('git-lfs', 0).path, 1_500_000);
    rot(scene, 'ipfs', 0);
    const to = scene.box.at('to');
    await expectOutcome('OK', ['fetch', PILOT_2, '--to', to], { home: scene.home });
    await expectWhole(scene, to);
  });

  test('both wrong in the same chunk: TAMPERED, nothing left behind', async () => {
    const scene = await sceneOf();
    rot(scene, 'ipfs', 1);
    rot(scene, 'git-lfs', 1);
    const before = namesIn(scene.box.folder);
    const { answer } = await expectOutcome('TAMPERED', ['fetch', PILOT_2, '--to', scene.box.at('to')], {
      home: scene.home,
    });
    expect(answer).toMatchObject({ file: WEIGHTS, chunk: 1, channel: expect.stringMatching(/^(ipfs|git-lfs)$/) });
    expect(namesIn(scene.box.folder)).toEqual(before);
    expect(namesIn(join(scene.home, 'journal/fetch'))).toEqual([]);
  });

  test('lost in one channel: taken from the other; lost in both: UNVERIFIABLE, and resumed when one is back', async () => {
    const scene = await sceneOf();
    const block = scene.stored('ipfs', 1).path;
    const object = scene.stored('git-lfs', 1).path;
    const kept = readFileSync(object);
    rmSync(object);
    await expectOutcome('OK', ['fetch', PILOT_2, '--to', scene.box.at('one')], { home: scene.home });
    rmSync(block);
    const to = scene.box.at('to');
    const { answer } = await expectOutcome('UNVERIFIABLE', ['fetch', PILOT_2, '--to', to], { home: scene.home });
    expect(answer).toMatchObject({ file: WEIGHTS });
    expect(existsSync(to)).toBe(false);
    writeFileSync(object, kept);
    await expectOutcome('OK', ['fetch', PILOT_2, '--to', to], { home: scene.home });
    await expectWhole(scene, to);
  });

  test.each([
    ['pending', PILOT_3, 'NOT_APPROVED'],
    ['revoked', TINY, 'REVOKED'],
    ['unknown', 'acme/pilot@9.9.9', 'UNVERIFIABLE'],
  ] as const)('a %s release: %s is %s, and no channel is asked', async (_, ref, outcome) => {
    const box = sandbox();
    const home = box.publisher();
    for (const name of ['ipfs', 'git']) rmSync(join(home, name), { recursive: true, force: true });
    await expectOutcome(outcome, ['fetch', ref, '--to', box.at('to')], { home });
    expect(existsSync(box.at('to'))).toBe(false);
  });

  test('superseded is OK and says so', async () => {
    const box = sandbox();
    const { answer } = await expectOutcome('OK', ['fetch', PILOT_1, '--to', box.at('to')], { home: box.publisher() });
    expect(answer).toMatchObject({ status: 'superseded' });
  });

  test('a model that the trust file does not cover: WRONG_ARTIFACT', async () => {
    const box = sandbox();
    const home = box.publisher();
    await expectOutcome('OK', ['trust', 'export', '-o', box.at('t.json'), '--model', 'acme/tiny'], { home });
    const line = ['fetch', PILOT_2, '--to', box.at('to'), '--trust', box.at('t.json')];
    await expectOutcome('WRONG_ARTIFACT', line, { home });
  });

  test('below what the guardian requires: ROLLBACK', async () => {
    const box = sandbox();
    const home = box.publisher();
    await expectOutcome('OK', ['require', PILOT_2], { home });
    await expectOutcome('ROLLBACK', ['fetch', PILOT_1, '--to', box.at('to')], { home });
  });

  test('without trust, or with trust in others: UNTRUSTED; with another file: MALFORMED', async () => {
    const box = sandbox();
    const home = box.publisher();
    const line = ['fetch', PILOT_2, '--to', box.at('to')];
    await expectOutcome('MALFORMED', [...line, '--trust', prepared.bundle('pilot-2')], { home });
    const other = box.copy(prepared.trust, 'other.json');
    editJson<{ witnesses: string[] }>(other, (trust) => ({
      ...trust,
      witnesses: ['0x39a03Cb5563856858709269FEc82d95A9f46C894'],
    }));
    await expectOutcome('UNTRUSTED', [...line, '--trust', other], { home });
    rmSync(join(home, 'trust.json'));
    await expectOutcome('UNTRUSTED', line, { home });
  });

  test('while another process fetches the same: BUSY', async () => {
    const box = sandbox();
    const home = box.publisher();
    const digest = String((await weighbridge(['show', PILOT_2], { home })).answer.releaseDigest);
    const lock = join(home, `journal/fetch/${digest}.lock`);
    mkdirSync(join(home, 'journal/fetch'));
    const { kill, ended } = await holdLock(lock, ['fetch', PILOT_2, '--to', box.at('a')], home);
    await expectOutcome('BUSY', ['--home', home, 'fetch', PILOT_2, '--to', box.at('b'), '--lock-timeout', '1s']);
    kill();
    await ended;
  });

  test('a folder that may not be written: IO', async () => {
    const box = sandbox();
    const home = box.publisher();
    execFileSync('chown', ['-R', '65534:65534', home]);
    execFileSync('chmod', ['755', box.folder]);
    const line = ['fetch', PILOT_2, '--to', box.at('to')];
    await expectOutcome('IO', line, { home, under: WITHOUT_RIGHTS });
    expect(existsSync(box.at('to'))).toBe(false);
  });

  test('USAGE: a target that exists, a missing parent, an unknown channel, no --to', async () => {
    const box = sandbox();
    const home = box.publisher();
    mkdirSync(box.at('there'));
    await expectOutcome('USAGE', ['fetch', PILOT_2, '--to', box.at('there')], { home });
    await expectOutcome('USAGE', ['fetch', PILOT_2, '--to', box.at('missing/to')], { home });
    await expectOutcome('USAGE', ['fetch', PILOT_2, '--to', box.at('to'), '--channel', 'ftp'], { home });
    await expectOutcome('USAGE', ['fetch', PILOT_2], { home });
    await expectOutcome('USAGE', ['fetch'], { home });
    expect(namesIn(box.at('there'))).toEqual([]);
  });
});

describe('fetch --repair', () => {
  async function fetched(): Promise<Scene & { folder: string }> {
    const scene = await sceneOf();
    const folder = scene.box.at('folder');
    await expectOutcome('OK', ['fetch', PILOT_2, '--to', folder], { home: scene.home });
    return { ...scene, folder };
  }

  test('fetches the bad chunk alone', async () => {
    const scene = await fetched();
    flipByte(join(scene.folder, WEIGHTS), 1_048_576 + 3);
    await expectOutcome('TAMPERED', ['verify', scene.folder], { home: scene.home });
    const { answer } = await expectOutcome('OK', ['fetch', '--repair', scene.folder], { home: scene.home });
    expect(answer).toMatchObject({ release: PILOT_2, fetched: [{ file: WEIGHTS, chunks: 1 }] });
    await expectWhole(scene, scene.folder);
  });

  test('mends what is missing, cut, too long, a symlink; and leaves what is whole', async () => {
    const scene = await fetched();
    const whole = join(scene.folder, 'README.md');
    const before = statSync(whole, { bigint: true });
    rmSync(join(scene.folder, 'tokenizer'), { recursive: true });
    truncateSync(join(scene.folder, WEIGHTS), 10);
    rmSync(join(scene.folder, 'config.json'));
    symlinkSync('/etc/hostname', join(scene.folder, 'config.json'));
    await expectOutcome('OK', ['fetch', '--repair', scene.folder], { home: scene.home });
    await expectWhole(scene, scene.folder);
    expect(statSync(whole, { bigint: true })).toMatchObject({ ino: before.ino, mtimeNs: before.mtimeNs });
  });

  test("never writes into another name's bytes", async () => {
    const scene = await fetched();
    const other = scene.box.at('other');
    linkSync(join(scene.folder, WEIGHTS), other);
    flipByte(other, 5);
    const rotten = readFileSync(other);
    await expectOutcome('OK', ['fetch', '--repair', scene.folder], { home: scene.home });
    expect(readFileSync(other).equals(rotten)).toBe(true);
    await expectWhole(scene, scene.folder);
  });

  test('a file that does not belong there stays and is named: TAMPERED', async () => {
    const scene = await fetched();
    flipByte(join(scene.folder, 'README.md'));
    const extra = join(scene.folder, 'extra.py');
    symlinkSync('nowhere', extra);
    const { answer } = await expectOutcome('TAMPERED', ['fetch', '--repair', scene.folder], { home: scene.home });
    expect(answer).toMatchObject({ file: 'extra.py' });
    expect(namesIn(scene.folder)).toContain('extra.py');
  });

  test('a folder that does not say what it is: UNVERIFIABLE; a damaged manifest is fetched anew', async () => {
    const scene = await fetched();
    flipByte(join(scene.folder, '.weighbridge/manifest.json'), 20);
    await expectOutcome('OK', ['fetch', '--repair', scene.folder], { home: scene.home });
    await expectWhole(scene, scene.folder);
    rmSync(join(scene.folder, '.weighbridge'), { recursive: true });
    await expectOutcome('UNVERIFIABLE', ['fetch', '--repair', scene.folder], { home: scene.home });
  });

  test('both channels wrong: TAMPERED, and what was good stays', async () => {
    const scene = await fetched();
    rot(scene, 'ipfs', 1);
    rot(scene, 'git-lfs', 1);
    flipByte(join(scene.folder, WEIGHTS), 1_048_576 + 3);
    const before = snapshot(join(scene.folder, 'tokenizer'));
    await expectOutcome('TAMPERED', ['fetch', '--repair', scene.folder], { home: scene.home });
    expect(snapshot(join(scene.folder, 'tokenizer'))).toEqual(before);
  });
});

describe('the stores', () => {
  test('share no file with each other or the source, and rot in one leaves the other whole', async () => {
    const scene = await sceneOf();
    const paths = [...filesBelow(join(scene.home, 'ipfs')), ...filesBelow(join(scene.home, 'git'))];
    expect(paths.length).toBeGreaterThan(10);
    for (const path of paths.filter((each) => statSync(each).size > 100_000))
      expect(statSync(path).nlink, path).toBe(1);
  });
});
