import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import type { ModelName } from '@weighbridge/core/brands';
import { makeWorld, type WorldOptions } from '@weighbridge/verify/testing/world';
import { testKey } from '@weighbridge/verify/testing/keys';
import { describe, expect, test } from 'vitest';
import { expectOutcome, type RunOptions, weighbridge } from '../support/command-line.js';
import { edit, editJson, flipByte } from '../support/damage.js';
import { verifyOffline } from '../support/device.js';
import { MIB, put } from '../support/models.js';
import { PILOT_1, PILOT_2, prepared, type Sandbox, sandbox } from '../support/sandbox.js';
import { snapshot } from '../support/snapshot.js';
import { TAMPERINGS } from '../support/tamperings.js';
import { WITHOUT_RIGHTS } from '../support/without-rights.js';

const NO_STATE = ['--state', 'none'];

describe('a device accepts', () => {
  test('an approved release, and says what it went by', async () => {
    const { at } = sandbox();
    const folder = prepared.model('pilot-1');
    const before = snapshot(folder);
    const { answer } = await expectOutcome('OK', verifyOffline(folder, { bundle: prepared.bundle('pilot-1-early') }), {
      home: at('home'),
    });
    expect(answer).toMatchObject({
      release: PILOT_1,
      releaseDigest: expect.stringMatching(/^[0-9a-f]{128}$/),
      status: 'approved',
      anchor: 'witness',
      clock: 'host',
      ageSeconds: expect.any(Number),
      files: 5,
      bytes: 2 * MIB + 4321 + totalOf(folder, ['config.json', 'tokenizer/vocab.txt', 'LICENSE', 'README.md']),
      engine: expect.any(String),
      notes: expect.any(Array),
      development: true,
    });
    expect(snapshot(folder)).toEqual(before);
  });

  test('a superseded one, with --all-digests, through a symlink, from elsewhere, and says "verified"', async () => {
    const box = sandbox();
    symlinkSync(prepared.model('pilot-1'), box.at('link'));
    const options = { home: box.at('home'), cwd: box.folder };
    const { answer } = await expectOutcome('OK', verifyOffline('link', {}, '--all-digests'), options);
    expect(answer.status).toBe('superseded');
    const { stdout } = await weighbridge(verifyOffline(box.at('link')), { ...options, json: false });
    expect(stdout).toMatch(/^verified /);
  });

  test('the bundle in .weighbridge/ of the folder, alone or with --offline; a named one goes before it', async () => {
    const box = sandbox();
    const folder = dressed(box);
    const trust = ['--trust', prepared.trust, ...NO_STATE];
    for (const more of [[], ['--offline'], ['--offline', '--release', PILOT_1]])
      await expectOutcome('OK', ['verify', folder, ...trust, ...more], { home: box.at('home') });
    await expectOutcome('WRONG_ARTIFACT', ['verify', folder, '--offline', '--release', PILOT_2, ...trust], {
      home: box.at('home'),
    });
    writeFileSync(`${folder}/.weighbridge/bundle.json`, '{}');
    await expectOutcome('MALFORMED', ['verify', folder, ...trust], { home: box.at('home') });
    await expectOutcome('OK', verifyOffline(folder, {}, ...NO_STATE), { home: box.at('home') });
  });

  test('other content of .weighbridge/, which it passes over, trusts for nothing, and says', async () => {
    const box = sandbox();
    const folder = box.model('pilot-1');
    await put(`${folder}/.weighbridge/manifest.json`, '{"files":[]}');
    await put(`${folder}/.weighbridge/deep/anything`, 'x');
    const { answer } = await expectOutcome('OK', verifyOffline(folder), { home: box.at('home') });
    expect(String(answer.notes)).toContain('.weighbridge');
  });

  test('a single file for a release of one', async () => {
    const { at } = sandbox();
    const line = verifyOffline(`${prepared.model('tiny')}/weights.bin`, { bundle: prepared.bundle('tiny') });
    expect((await expectOutcome('OK', line, { home: at('home') })).answer.files).toBe(1);
  });

  test('a Git checkout, only with --git-checkout, and says so', async () => {
    const box = sandbox();
    const folder = box.model('pilot-1');
    const options = { home: box.at('home') };
    await put(`${folder}/.git/HEAD`, 'ref: refs/heads/main\n');
    await put(`${folder}/.gitattributes`, '*.bin filter=lfs\n');
    const plain = await expectOutcome('TAMPERED', verifyOffline(folder), options);
    expect(plain.answer.hint).toContain('--git-checkout');
    const checkout = verifyOffline(folder, {}, '--git-checkout');
    expect(String((await expectOutcome('OK', checkout, options)).answer.notes)).toMatch(/\.git\/.*\.gitattributes/s);
    for (const path of ['.gitignore', 'tokenizer/.git/HEAD', 'tokenizer/.gitattributes', '.gitmodules']) {
      await put(`${folder}/${path}`, 'x');
      await expectOutcome('TAMPERED', checkout, options);
      rmSync(`${folder}/${path.replace('/HEAD', '')}`, { recursive: true });
    }
    flipByte(`${folder}/config.json`);
    await expectOutcome('TAMPERED', checkout, options);
  });
});

describe('TAMPERED, whatever is changed in the folder', () => {
  test.each(TAMPERINGS)('$name', async ({ apply, files, says }) => {
    const box = sandbox();
    const folder = box.model('pilot-1');
    await apply(folder);
    const started = performance.now();
    const { answer } = await expectOutcome('TAMPERED', verifyOffline(folder), { home: box.at('home') });
    expect(performance.now() - started).toBeLessThan(20_000);
    expect(answer).toMatchObject({ release: PILOT_1, file: expect.any(String) });
    for (const file of files) expect(JSON.stringify(answer)).toContain(file);
    if (says !== undefined) expect(answer.message).toMatch(says);
    expect(readdirSync(box.folder)).not.toContain('home');
  });

  test('an emptied folder; a truncated only file; the folder of another release with a file of the same name', async () => {
    const box = sandbox();
    const options = { home: box.at('home') };
    mkdirSync(box.at('empty/sub'), { recursive: true });
    await expectOutcome('TAMPERED', verifyOffline(box.at('empty')), options);
    const tiny = box.model('tiny');
    for (const size of [500, 0]) {
      truncateSync(`${tiny}/weights.bin`, size);
      await expectOutcome('TAMPERED', verifyOffline(tiny, { bundle: prepared.bundle('tiny') }), options);
    }
    await expectOutcome('TAMPERED', verifyOffline(prepared.model('pilot-2')), options);
    const { stderr } = await weighbridge(verifyOffline(prepared.model('pilot-2')), { ...options, json: false });
    for (const file of ['model.safetensors', 'config.json', 'README.md']) expect(stderr).toContain(file);
  });

  test('names the chunk, from 0, where the leaves are at hand, good ones alone', async () => {
    const box = sandbox();
    const options = { home: box.at('home') };
    const folder = dressed(box);
    const [leaves] = readdirSync(`${folder}/.weighbridge/leaves`).filter((name) => leafCount(folder, name) === 3);
    flipByte(`${folder}/model.safetensors`, 2 * MIB + 17);
    const good = await expectOutcome('TAMPERED', verifyOffline(folder), options);
    const registered = readFileSync(`${folder}/.weighbridge/leaves/${leaves}`).subarray(128).toString('hex');
    expect(good.answer).toMatchObject({ file: 'model.safetensors', chunk: 2, expected: registered });
    expect(good.answer.found).toMatch(/^[0-9a-f]{128}$/);
    flipByte(`${folder}/.weighbridge/leaves/${leaves}`, 3);
    const forged = await expectOutcome('TAMPERED', verifyOffline(folder), options);
    expect(forged.answer).not.toHaveProperty('chunk');
    truncateSync(`${folder}/.weighbridge/leaves/${leaves}`, 64);
    expect((await expectOutcome('TAMPERED', verifyOffline(folder), options)).answer).not.toHaveProperty('chunk');
    rmSync(`${folder}/.weighbridge`, { recursive: true });
    expect((await expectOutcome('TAMPERED', verifyOffline(folder), options)).answer).not.toHaveProperty('chunk');
  });
});

describe('WRONG_ARTIFACT', () => {
  test('a bundle of another release, another release asked for, a model that the trust file does not cover', async () => {
    const box = sandbox();
    const options = { home: box.at('home') };
    await expectOutcome('WRONG_ARTIFACT', verifyOffline(prepared.model('tiny')), options);
    const other = verifyOffline(prepared.model('pilot-1'), {}, '--release', PILOT_2);
    await expectOutcome('WRONG_ARTIFACT', other, options);
    for (const models of [['acme/tiny'], ['other/*'], ['acm/*', 'acme/pilo', 'acme/pilott']])
      await expectOutcome('WRONG_ARTIFACT', trusting(box, { models }), options);
    await expectOutcome('OK', trusting(box, { models: ['acme/pilot', 'other/*'] }), options);
  });
});

describe('UNTRUSTED', () => {
  const mallory = testKey('mallory').address;

  test.each<[string, (trust: Record<string, unknown>) => object]>([
    ['chain', () => ({ chainId: 1337 })],
    ['contract', () => ({ contract: mallory })],
    ['code hash', () => ({ codeHash: 'ab'.repeat(32) })],
    ['witness', () => ({ witnesses: [mallory] })],
    [
      'threshold, 2 of 2',
      ({ witnesses }) => ({ witnesses: [...(witnesses as string[]), mallory].sort(), threshold: 2 }),
    ],
    ['anchor, rpc alone', () => ({ anchors: ['rpc'], rpcQuorum: 1 })],
    ['anchor, rpc without witnesses', () => ({ anchors: ['rpc'], rpcQuorum: 1, witnesses: [], threshold: 0 })],
  ])('a trust file of another %s', async (_, change) => {
    const box = sandbox();
    await expectOutcome('UNTRUSTED', trusting(box, change), { home: box.at('home') });
  });

  test('no trust file; a home that is not there is not made', async () => {
    const { at } = sandbox();
    const line = ['verify', prepared.model('pilot-1'), '--bundle', prepared.bundle('pilot-1')];
    await expectOutcome('UNTRUSTED', line, { home: at('home') });
    expect(() => readdirSync(at('home'))).toThrow(/ENOENT/);
  });

  test.each<[string, (bundle: Bundle) => unknown]>([
    ['signature', (b) => swapSignature(b)],
    ['issue time', (b) => Object.assign(b.checkpoint.signatures[0]!, { issuedAt: '2030-01-01T00:00:00Z' })],
    ['max age', (b) => Object.assign(b.checkpoint.signatures[0]!, { maxAgeSeconds: 31_536_000 })],
    ['witness', (b) => Object.assign(b.checkpoint.signatures[0]!, { witness: mallory })],
    ['block number', (b) => Object.assign(b.checkpoint, { number: b.checkpoint.number + 1 })],
    ['block hash', (b) => Object.assign(b.checkpoint, { hash: 'ab'.repeat(32) })],
    ['license in the manifest', (b) => Object.assign(b.manifest.license, { declared: 'Apache-2.0' })],
    ['version code in the manifest', (b) => Object.assign(b.manifest, { versionCode: 7 })],
    ['version in the manifest', (b) => Object.assign(b.manifest, { version: '2.0.0' })],
    ['model in the manifest', (b) => Object.assign(b.manifest, { model: 'acme/other' })],
    ['size in the manifest', (b) => Object.assign(b.manifest.files[0]!, { size: 1 })],
    ['tree in the manifest', (b) => Object.assign(b.manifest.files[0]!, { tree: 'ab'.repeat(64) })],
    ['proof node', (b) => flipNode(b)],
    ['proof node too few', (b) => b.nodes.pop()],
    [
      'proof node too many',
      (b) => Object.assign(b, { nodes: [...b.nodes, Buffer.alloc(40, 7).toString('base64')].sort() }),
    ],
    ['set of witnesses, none at all', (b) => Object.assign(b.checkpoint, { signatures: [] })],
  ])('a bundle with another %s', async (_, change) => {
    const box = sandbox();
    const bundle = box.copy(prepared.bundle('pilot-1'), 'bundle');
    editJson(bundle, (value) => {
      change(value as unknown as Bundle);
      return value;
    });
    await expectOutcome('UNTRUSTED', verifyOffline(prepared.model('pilot-1'), { bundle }), { home: box.at('home') });
  });

  test('the header, the manifest or the proof of another bundle', async () => {
    const box = sandbox();
    const other = JSON.parse(readFileSync(prepared.bundle('tiny'), 'utf8'));
    for (const member of ['header', 'manifest', 'nodes', 'checkpoint']) {
      const bundle = box.copy(prepared.bundle('pilot-1'), member);
      editJson(bundle, (value) => ({ ...value, [member]: other[member] }));
      const line = verifyOffline(prepared.model('pilot-1'), { bundle });
      await expectOutcome('UNTRUSTED', line, { home: box.at('home') });
    }
  });
});

describe('UNVERIFIABLE: nothing to verify against, before a trust file is missed', () => {
  test.each([[[]], [['--offline']], [['--offline', '--release', PILOT_1]], [['--release', PILOT_1]]])(
    '%j',
    async (more) => {
      const box = sandbox();
      await expectOutcome('UNVERIFIABLE', ['verify', prepared.model('pilot-1'), ...more], { home: box.at('home') });
      expect(readdirSync(box.folder)).toEqual([]);
    },
  );
});

describe('USAGE, LIMIT and IO', () => {
  test('USAGE: paths that are not there or no files, flags without value, twice, unknown', async () => {
    const box = sandbox();
    const options = { home: box.at('home') };
    execFileSync('mkfifo', [box.at('fifo')]);
    for (const path of [box.at('none'), box.at('fifo'), box.folder, '', '/dev/null', '/dev/zero']) {
      await expectOutcome('USAGE', verifyOffline(prepared.model('pilot-1'), { bundle: path }), options);
      await expectOutcome('USAGE', verifyOffline(prepared.model('pilot-1'), { trust: path }), options);
    }
    for (const path of [box.at('none'), box.at('fifo'), '', '/dev/null'])
      await expectOutcome('USAGE', verifyOffline(path), options);
    const base = verifyOffline(prepared.model('pilot-1'));
    for (const more of [['--bundle'], ['--state'], ['--release', 'acme/pilot'], ['--frobnicate'], ['more']])
      await expectOutcome('USAGE', [...base, ...more], options);
    await expectOutcome('USAGE', ['verify'], options);
  });

  test('LIMIT: a bundle or trust file that is too large, before it is read', async () => {
    const box = sandbox();
    writeFileSync(box.at('huge'), '');
    truncateSync(box.at('huge'), 40 * 1024 ** 3);
    const options = { home: box.at('home') };
    await expectOutcome('LIMIT', verifyOffline(prepared.model('pilot-1'), { bundle: box.at('huge') }), options);
    await expectOutcome('LIMIT', verifyOffline(prepared.model('pilot-1'), { trust: box.at('huge') }), options);
  });

  test('IO: what may not be read', async () => {
    const box = sandbox();
    execFileSync('chmod', ['755', box.folder]);
    const options: RunOptions = { home: box.at('home'), under: WITHOUT_RIGHTS };
    const folder = box.model('tiny');
    const files = { bundle: box.copy(prepared.bundle('tiny'), 'bundle'), trust: box.copy(prepared.trust, 'trust') };
    const open = (...paths: string[]) => execFileSync('chmod', ['644', ...paths]);
    open(files.bundle, files.trust, `${folder}/weights.bin`);
    await expectOutcome('OK', verifyOffline(folder, files, ...NO_STATE), options);
    for (const path of [files.bundle, files.trust, `${folder}/weights.bin`, folder]) {
      execFileSync('chmod', ['000', path]);
      await expectOutcome('IO', verifyOffline(folder, files, ...NO_STATE), options);
      execFileSync('chmod', [path === folder ? '755' : '644', path]);
    }
  });
});

describe('the first outcome counts', () => {
  test('of what is wrong with folder, bundle and trust file at once', async () => {
    const box = sandbox();
    const options = { home: box.at('home') };
    const spoiled = box.model('tiny');
    flipByte(`${spoiled}/weights.bin`);
    const malformed = box.copy(prepared.bundle('tiny'), 'malformed');
    edit(malformed, (bytes) => Buffer.concat([bytes, Buffer.from(' ')]));
    writeFileSync(box.at('bad-trust'), '{}');
    const verify = (bundle: string, trust = prepared.trust) => verifyOffline(spoiled, { bundle, trust });
    await expectOutcome('USAGE', verify(malformed, box.at('none')), options);
    await expectOutcome('MALFORMED', verify(malformed), options);
    await expectOutcome('MALFORMED', verify(prepared.bundle('tiny-revoked'), box.at('bad-trust')), options);
    await expectOutcome('REVOKED', verify(prepared.bundle('tiny-revoked')), options);
    const uncovered = trustFile(box, { models: ['other/*'] });
    await expectOutcome('WRONG_ARTIFACT', verify(prepared.bundle('tiny-revoked'), uncovered), options);
    const stranger = trustFile(box, { models: ['other/*'], contract: testKey('mallory').address });
    await expectOutcome('UNTRUSTED', verify(prepared.bundle('tiny-revoked'), stranger), options);
  });
});

describe('on a chain that is no development chain', () => {
  const verifyWorld = async (box: Sandbox, options: WorldOptions) => {
    const world = makeWorld({ blockTime: Math.floor(Date.now() / 1000) - 3600, ...options });
    for (const [path, bytes] of world.files) await put(box.at('folder', path), bytes);
    writeFileSync(box.at('bundle'), world.bundleBytes);
    writeFileSync(box.at('trust'), world.trustBytes);
    const line = verifyOffline(box.at('folder'), { bundle: box.at('bundle'), trust: box.at('trust') });
    return weighbridge(line, { home: box.at('home') });
  };
  const [one, two] = [testKey('w1'), testKey('w2')];

  test.each<[string, string, WorldOptions]>([
    ['OK', 'approved', {}],
    ['OK', 'superseded', { record: { latestApproved: 5, latest: 5 } }],
    ['NOT_APPROVED', 'pending', { record: { status: 1, approvals: 1, threshold: 2, latestApproved: 0 } }],
    ['REVOKED', 'revoked', { record: { status: 3, reason: 2 } }],
    ['UNVERIFIABLE', 'never registered', { record: null }],
    ['ROLLBACK', 'below minAllowed', { record: { minAllowed: 2, latest: 2, latestApproved: 2 } }],
    ['STALE', 'of a witness who allowed a minute', { signatures: [{ by: one, maxAgeSeconds: 60 }] }],
    [
      'OK',
      'signed by 2 of 3 witnesses',
      { witnesses: 3, trust: { threshold: 2 }, signatures: [{ by: one }, { by: two }] },
    ],
    ['UNTRUSTED', 'signed by 1 of 2 witnesses', { witnesses: 2, signatures: [{ by: one }] }],
    ['UNTRUSTED', 'signed by a stranger alone', { signatures: [{ by: testKey('mallory') }] }],
    ['OK', 'signed by a stranger too', { signatures: [{ by: one }, { by: testKey('mallory') }] }],
    ['UNTRUSTED', 'of a block after its signature', { signatures: [{ by: one, issuedAt: 1_700_000_000 }] }],
    ['WRONG_ARTIFACT', 'of a model that is not covered', { trust: { models: ['acme/other' as ModelName] } }],
  ])('%s: a release that is %s', async (outcome, _, options) => {
    const { answer } = await verifyWorld(sandbox(), options);
    expect(answer, String(answer.message)).toMatchObject({ outcome });
    expect(answer).not.toHaveProperty('development');
    expect(String(answer.notes)).not.toContain('development');
  });
});

interface Bundle {
  readonly manifest: { files: Record<string, unknown>[]; license: object; versionCode: number };
  readonly nodes: string[];
  readonly checkpoint: { number: number; signatures: Record<string, unknown>[] };
}

function trustFile(box: Sandbox, change: object | ((trust: Record<string, unknown>) => object)): string {
  const file = box.copy(prepared.trust, `trust-${readdirSync(box.folder).length}.json`);
  editJson(file, (trust) => ({ ...trust, ...(typeof change === 'function' ? change(trust) : change) }));
  return file;
}

function trusting(box: Sandbox, change: object | ((trust: Record<string, unknown>) => object)): string[] {
  return verifyOffline(prepared.model('pilot-1'), { trust: trustFile(box, change) });
}

/** A model as it is handed out: with manifest, bundle and leaves in `.weighbridge/`. */
function dressed(box: Sandbox): string {
  const folder = box.model('pilot-1');
  box.copy(prepared.bundle('pilot-1'), 'pilot-1/.weighbridge/bundle.json');
  box.copy(`${prepared.home}/leaves`, 'pilot-1/.weighbridge/leaves');
  return folder;
}

/** Leaves of the weights of pilot-1: the home folder holds those of the other models too. */
function leafCount(folder: string, name: string): number {
  const { manifest } = JSON.parse(readFileSync(prepared.bundle('pilot-1'), 'utf8')) as Bundle;
  const isOurs = manifest.files.some(({ tree }) => tree === name);
  return isOurs ? readFileSync(`${folder}/.weighbridge/leaves/${name}`).length / 64 : 0;
}

/** The signature of the same witness under another statement. */
function swapSignature(bundle: Bundle): void {
  const other = JSON.parse(readFileSync(prepared.bundle('tiny'), 'utf8')) as Bundle;
  bundle.checkpoint.signatures[0]!.signature = other.checkpoint.signatures[0]!.signature;
}

function flipNode(bundle: Bundle): void {
  const node = Buffer.from(bundle.nodes[0]!, 'base64');
  node[node.length - 1]! ^= 1;
  bundle.nodes[0] = node.toString('base64');
  bundle.nodes.sort();
}

function totalOf(folder: string, paths: readonly string[]): number {
  return paths.reduce((sum, path) => sum + readFileSync(`${folder}/${path}`).length, 0);
}
