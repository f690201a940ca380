import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectOutcome, type RunOptions, weighbridge } from '../support/command-line.js';
import { edit, flipByte } from '../support/damage.js';
import { makeTiny, put } from '../support/models.js';
import { openSandbox, PILOT_1, PILOT_2, prepared, type Sandbox, sandbox } from '../support/sandbox.js';
import { snapshot } from '../support/snapshot.js';
import { WITHOUT_RIGHTS } from '../support/without-rights.js';

const register = (path: string, ref: string, ...more: string[]) => {
  const at = ref.indexOf('@');
  return ['register', path, '--model', ref.slice(0, at), '--version', ref.slice(at + 1), ...more];
};
const manifestOf = async (ref: string, options: RunOptions) =>
  (await weighbridge(['show', ref, '--manifest'], { ...options, json: false })).stdout;

describe('the first register', () => {
  test('claims the namespace for newcomers, and says so', async () => {
    const { at } = sandbox();
    const options = { home: at('home') };
    const folder = prepared.model('tiny');
    const before = snapshot(folder);
    const { answer } = await expectOutcome('OK', register(folder, 'solo/tiny@0.1.0'), options);
    expect(answer).toMatchObject({
      release: 'solo/tiny@0.1.0',
      versionCode: 1,
      created: true,
      final: true,
      channels: ['git-lfs', 'ipfs'],
      claimed: {
        namespace: 'solo',
        publisher: expect.stringMatching(/^0x/),
        approvers: [{ key: expect.stringMatching(/^0x/), role: 'security', name: 'approver' }],
      },
    });
    expect(String(answer.notes)).toMatch(/claimed.*NOASSERTION/);
    expect(snapshot(folder)).toEqual(before);
    const digest = await expectOutcome('OK', ['digest', folder]);
    expect(answer.contentDigest).toBe(digest.answer.contentDigest);

    const again = await expectOutcome('OK', register(folder, 'solo/tiny@0.1.0'), options);
    expect(again.answer).toMatchObject({
      releaseDigest: answer.releaseDigest,
      versionCode: 1,
      created: false,
      claimed: null,
    });
    const approved = await expectOutcome('OK', ['approve', 'solo/tiny@0.1.0'], options);
    expect(approved.answer).toMatchObject({ status: 'approved', threshold: 1, approvals: [{ role: 'security' }] });
  });

  test('--dry-run makes no home, no key, no chain', async () => {
    const { at } = sandbox();
    const line = register(prepared.model('tiny'), 'solo/tiny@0.1.0', '--dry-run');
    const { answer } = await expectOutcome('OK', line, { home: at('home') });
    expect(answer).toMatchObject({ created: false, versionCode: 1, claimed: null, channels: [], final: false });
    expect(existsSync(at('home'))).toBe(false);
  });

  test.each([
    ['a symlink', 'UNSAFE_MODEL', (folder: string) => symlinkSync('weights.bin', `${folder}/x`)],
    ['an empty folder', 'MALFORMED', (folder: string) => rmSync(`${folder}/weights.bin`)],
  ] as const)('%s is %s and leaves no home, or an empty one', async (_, outcome, spoil) => {
    const box = sandbox();
    spoil(box.model('tiny'));
    await expectOutcome(outcome, register(box.at('tiny'), 'solo/tiny@0.1.0'), { home: box.at('home') });
    expect(Object.keys(snapshot(box.at('home')))).toSatisfy((names: string[]) => names.every((name) => name === '.'));
  });
});

describe('register', () => {
  let box: Sandbox;
  let options: { home: string };
  beforeAll(() => {
    box = openSandbox();
    options = { home: box.publisher() };
    chmodSync(box.folder, 0o755);
  });
  afterAll(() => rmSync(box.folder, { recursive: true, force: true }));

  /** Without a chain, for what is refused before one is asked. */
  const fresh = () => ({ home: box.at('fresh') });
  const folderWith = async (name: string, make: (folder: string) => unknown): Promise<string> => {
    const folder = box.at(name);
    await makeTiny(folder);
    await make(folder);
    return folder;
  };

  test('a dry run on a used home changes nothing and finds what would be refused', async () => {
    const before = snapshot(options.home);
    await expectOutcome('OK', register(prepared.model('tiny'), 'acme/new@1.0.0', '--dry-run'), options);
    await expectOutcome('OK', register(prepared.model('pilot-1'), PILOT_1, '--license', 'MIT', '--dry-run'), options);
    await expectOutcome('TAMPERED', register(prepared.model('pilot-2'), PILOT_1, '--dry-run'), options);
    await expectOutcome('USAGE', register(prepared.model('pilot-1'), PILOT_1, '--dry-run'), options);
    const low = ['--version-code', '1', '--dry-run'];
    await expectOutcome('ROLLBACK', register(prepared.model('tiny'), 'acme/pilot@4.0.0', ...low), options);
    await expectOutcome('REVOKED', register(prepared.model('tiny'), 'acme/tiny@1.0.0', '--dry-run'), options);
    const mallory = ['--as', 'alice', '--dry-run'];
    await expectOutcome('UNTRUSTED', register(prepared.model('tiny'), 'acme/new@1.0.0', ...mallory), options);
    expect(snapshot(options.home)).toEqual(before);
  });

  test('the manifest holds nothing of clock, host, user or tool: the same folder gives the same digest anywhere', async () => {
    const [one, two] = [box.model('pilot-1', 'one'), box.model('pilot-1', 'two/deeper')];
    execFileSync('touch', ['-d', '2001-01-01', `${two}/config.json`, two]);
    const lines = [one, two].map((path) => register(path, 'acme/new@1.0.0', '--license', 'MIT', '--dry-run'));
    const first = await expectOutcome('OK', lines[0]!, options);
    const later = {
      ...options,
      under: ['faketime', '+400 days'],
      env: { USER: 'other', HOSTNAME: 'other', TZ: 'Asia/Tokyo' },
    };
    const second = await expectOutcome('OK', lines[1]!, later);
    expect(second.answer.releaseDigest).toBe(first.answer.releaseDigest);
  });

  test('TAMPERED: other bytes under a registered version; both digests are named, the record stays', async () => {
    const manifest = await manifestOf(PILOT_1, options);
    const folder = box.model('pilot-1', 'flipped');
    flipByte(`${folder}/model.safetensors`);
    const { answer } = await expectOutcome('TAMPERED', register(folder, PILOT_1, '--license', 'MIT'), options);
    expect(answer).toMatchObject({ file: 'model.safetensors', release: PILOT_1 });
    expect([answer.expected, answer.found]).toEqual([
      expect.stringMatching(/^[0-9a-f]{128}$/),
      expect.stringMatching(/^[0-9a-f]{128}$/),
    ]);
    expect(answer.expected).not.toBe(answer.found);
    edit(`${folder}/model.safetensors`, () => readFileSync(`${prepared.model('pilot-1')}/model.safetensors`));
    writeFileSync(`${folder}/more.txt`, 'x');
    await expectOutcome('TAMPERED', register(folder, PILOT_1, '--license', 'MIT'), options);
    rmSync(`${folder}/more.txt`);
    rmSync(`${folder}/LICENSE`);
    await expectOutcome('TAMPERED', register(folder, PILOT_1, '--license', 'MIT'), options);
    expect(await manifestOf(PILOT_1, options)).toBe(manifest);
  });

  test('USAGE: the same bytes with other facts; the first differing member is named, the record stays', async () => {
    const manifest = await manifestOf(PILOT_1, options);
    const folder = prepared.model('pilot-1');
    const named = async (word: RegExp, ...flags: string[]) => {
      const { answer } = await expectOutcome('USAGE', register(folder, PILOT_1, ...flags), options);
      expect(answer.message).toMatch(word);
    };
    await named(/license/, '--license', 'Apache-2.0');
    await named(/license/);
    await named(/versionCode/, '--license', 'MIT', '--version-code', '2');
    expect(await manifestOf(PILOT_1, options)).toBe(manifest);
  });

  test('an existing version keeps its own version code, though others are above it', async () => {
    const again = await expectOutcome('OK', register(prepared.model('pilot-1'), PILOT_1, '--license', 'MIT'), options);
    expect(again.answer).toMatchObject({ versionCode: 1, created: false });
    const same = register(prepared.model('pilot-1'), PILOT_1, '--license', 'MIT', '--version-code', '1');
    await expectOutcome('OK', same, options);
  });

  test('version codes rise, by 2^32 at most', async () => {
    const at = (version: string, code?: number | string) =>
      register(
        prepared.model('tiny'),
        `acme/codes@${version}`,
        ...(code === undefined ? [] : ['--version-code', `${code}`]),
      );
    const jump = 2 ** 32;
    await expectOutcome('USAGE', at('1.0.0', jump + 1), options);
    await expectOutcome('USAGE', at('1.0.0', Number.MAX_SAFE_INTEGER), options);
    await expectOutcome('OK', at('1.0.0', jump), options);
    await expectOutcome('ROLLBACK', at('1.0.1', jump), options);
    await expectOutcome('ROLLBACK', at('1.0.1', jump - 1), options);
    await expectOutcome('USAGE', at('1.0.1', 2 * jump + 1), options);
    expect((await expectOutcome('OK', at('1.0.1'), options)).answer.versionCode).toBe(jump + 1);
    expect((await expectOutcome('OK', at('1.0.2', jump + 7), options)).answer.versionCode).toBe(jump + 7);
  });

  test.each(['0', '-1', '01', '1e3', '0x10', '1.5', '', ' 1', '9007199254740992', 'many'])(
    'USAGE: the version code %j',
    async (code) => {
      await expectOutcome('USAGE', register(prepared.model('tiny'), 'acme/x@1.0.0', `--version-code=${code}`), fresh());
    },
  );

  test('REVOKED: a revoked release, again, whatever the bytes', async () => {
    await expectOutcome('REVOKED', register(prepared.model('tiny'), 'acme/tiny@1.0.0', '--license', 'MIT'), options);
    await expectOutcome('REVOKED', register(prepared.model('pilot-1'), 'acme/tiny@1.0.0'), options);
  });

  test('UNTRUSTED: a key that is not the publisher; USAGE: one that is not here', async () => {
    for (const key of ['alice', 'warden', 'witness'])
      await expectOutcome('UNTRUSTED', register(prepared.model('tiny'), 'acme/new@1.0.0', '--as', key), options);
    await expectOutcome('USAGE', register(prepared.model('tiny'), 'acme/new@1.0.0', '--as', 'nobody'), options);
    await expectOutcome('UNVERIFIABLE', ['show', 'acme/new@1.0.0'], options);
  });

  test.each(['MIT OR Apache-2.0', 'GPL-2.0-only WITH Classpath-exception-2.0', 'LicenseRef-Llama-3', 'NOASSERTION'])(
    'the license %j is taken',
    async (license) => {
      const line = register(prepared.model('tiny'), 'acme/new@1.0.0', '--license', license, '--dry-run');
      await expectOutcome('OK', line, fresh());
    },
  );

  test.each(['Not A License', 'MIT OR', 'apache', '(MIT', '', 'UNLICENSED', 'MIT AND AND MIT'])(
    'USAGE: the license %j',
    async (license) => {
      await expectOutcome('USAGE', register(prepared.model('tiny'), 'acme/new@1.0.0', `--license=${license}`), fresh());
    },
  );

  test.each([
    'Acme/x@1',
    'acme@1',
    'acme/@1',
    'acme/a..b@1',
    'acme/-x@1',
    `acme/${'x'.repeat(65)}@1`,
    'acme/x@',
    'acme/x@1.',
    'acme/x@1..2',
    'acme/x@1.lock',
    `acme/x@${'1'.repeat(65)}`,
    'acme/x@1 2',
    'acme/x@1_2',
  ])('USAGE: the name %j', async (ref) => {
    const [model, version] = [ref.slice(0, ref.indexOf('@')), ref.slice(ref.indexOf('@') + 1)];
    const line = ['register', prepared.model('tiny'), `--model=${model}`, `--version=${version}`, '--dry-run'];
    await expectOutcome('USAGE', line, fresh());
  });

  test('--channel publishes there alone; again without it publishes to both, under the same record', async () => {
    const { at } = sandbox();
    const line = register(prepared.model('tiny'), 'solo/tiny@0.1.0');
    const one = await expectOutcome('OK', [...line, '--channel', 'ipfs'], { home: at('home') });
    expect(one.answer).toMatchObject({ created: true, channels: ['ipfs'] });
    expect((await weighbridge(['show', 'solo/tiny@0.1.0'], { home: at('home') })).answer.channels).toEqual(['ipfs']);
    const both = await expectOutcome('OK', line, { home: at('home') });
    expect(both.answer).toMatchObject({ created: false, channels: ['git-lfs', 'ipfs'] });
    const listed = await weighbridge(['list'], { home: at('home') });
    expect(listed.answer).toMatchObject({ releases: [{ channels: ['git-lfs', 'ipfs'] }] });
  });

  test('USAGE: policies, which are not there yet; an unknown channel; missing flags and paths', async () => {
    const line = register(prepared.model('tiny'), 'acme/new@1.0.0');
    await expectOutcome('USAGE', [...line, '--channel', 'ftp'], fresh());
    await expectOutcome('USAGE', [...line, '--policy', prepared.trust], fresh());
    await expectOutcome('USAGE', ['register', prepared.model('tiny'), '--model', 'acme/new'], fresh());
    await expectOutcome('USAGE', ['register', prepared.model('tiny'), '--version', '1'], fresh());
    await expectOutcome('USAGE', ['register'], fresh());
    execFileSync('mkfifo', [box.at('fifo')]);
    for (const path of [box.at('none'), box.at('fifo'), '/dev/null', ''])
      await expectOutcome('USAGE', register(path, 'acme/new@1.0.0'), fresh());
  });

  test.each([
    ['a symlink to a file', (f: string) => symlinkSync('weights.bin', `${f}/x`)],
    ['a symlink to its own folder', (f: string) => symlinkSync('.', `${f}/x`)],
    ['a FIFO', (f: string) => execFileSync('mkfifo', [`${f}/x`])],
    ['a device', (f: string) => execFileSync('mknod', [`${f}/x`, 'b', '7', '0'])],
    ['a socket', (f: string) => new Promise<void>((done) => void createServer().listen(`${f}/x`, done).unref())],
    ['a symlink in a folder', (f: string) => put(`${f}/sub/a`, 'x').then(() => symlinkSync('a', `${f}/sub/x`))],
  ])('UNSAFE_MODEL: %s', async (name, make) => {
    const folder = await folderWith(`unsafe ${name}`, make);
    const started = performance.now();
    const { answer } = await expectOutcome('UNSAFE_MODEL', register(folder, 'acme/new@1.0.0', '--dry-run'), fresh());
    expect(performance.now() - started).toBeLessThan(20_000);
    expect(answer.file).toMatch(/x$/);
  });

  test.each([
    'a\\b',
    'a:b',
    'a.',
    '.git/config',
    '.GIT/config',
    '.gitmodules',
    '.lfsconfig',
    'sub/.gitattributes',
    '.Weighbridge/x',
    '.weighbridge',
    'a\u0001',
    'a\nb',
    'zero\u200bwidth',
    'e\u0301',
    'unicode-16-\u{1C89}',
  ])('MALFORMED: the name %j', async (name) => {
    const folder = await folderWith(`name ${Buffer.from(name).toString('hex')}`, (f) => put(`${f}/${name}`, 'x'));
    await expectOutcome('MALFORMED', register(folder, 'acme/new@1.0.0', '--dry-run'), fresh());
  });

  test.each([
    ['files', ['model.bin', 'Model.bin']],
    ['folders', ['Sub/a', 'sub/b']],
    ['sharp s', ['straße', 'STRASSE']],
    ['a file and a folder', ['a', 'A/b']],
  ])('MALFORMED: names that are one on other systems: %s', async (kind, names) => {
    const folder = await folderWith(`twins ${kind}`, async (f) => {
      for (const name of names) await put(`${f}/${name}`, 'x');
    });
    await expectOutcome('MALFORMED', register(folder, 'acme/new@1.0.0', '--dry-run'), fresh());
  });

  test('MALFORMED: a name that is no UTF-8, an LFS pointer, folders without a file', async () => {
    const raw = await folderWith('raw', (f) =>
      writeFileSync(Buffer.concat([Buffer.from(`${f}/`), Buffer.from([0xff])]), 'x'),
    );
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 12345\n`;
    const lfs = await folderWith('lfs', (f) => put(`${f}/model.safetensors`, pointer));
    mkdirSync(box.at('empty/of/files'), { recursive: true });
    for (const folder of [raw, lfs, box.at('empty')])
      await expectOutcome('MALFORMED', register(folder, 'acme/new@1.0.0', '--dry-run'), fresh());
  });

  test('OK: hidden and empty files, .gitattributes at the top, .weighbridge/ passed over, a file instead of a folder', async () => {
    const folder = await folderWith('fine', async (f) => {
      for (const name of ['.hidden', '.gitattributes', 'empty', '.weighbridge/manifest.json', 'sub/.gitkeep'])
        await put(`${f}/${name}`, '');
    });
    await expectOutcome('OK', register(folder, 'acme/fine@1.0.0', '--license', 'LicenseRef-Llama-3'), options);
    const manifest = JSON.parse(await manifestOf('acme/fine@1.0.0', options));
    expect(manifest.license).toMatchObject({ declared: 'LicenseRef-Llama-3' });
    const files = manifest.files as { path: string }[];
    expect(files.map(({ path }) => path)).toEqual([
      '.gitattributes',
      '.hidden',
      'empty',
      'sub/.gitkeep',
      'weights.bin',
    ]);
    await expectOutcome('OK', register(`${folder}/weights.bin`, 'acme/file@1.0.0'), options);
    const [file] = JSON.parse(await manifestOf('acme/file@1.0.0', options)).files;
    expect(file.path).toBe('weights.bin');
  });

  test('LIMIT: a manifest of more than 16 MiB', async () => {
    const folder = box.at('deep', ...Array.from({ length: 14 }, (_, i) => `${i}`.padEnd(250, 'd')));
    mkdirSync(folder, { recursive: true });
    for (let index = 0; index < 4000; index += 1) writeFileSync(`${folder}/${String(index).padEnd(250, 'f')}`, '');
    await expectOutcome('LIMIT', register(box.at('deep'), 'acme/deep@1.0.0', '--dry-run'), fresh());
  });

  test('IO: a file that may not be read, a home that may not be written', async () => {
    const shut = await folderWith('shut', (f) => writeFileSync(`${f}/secret.bin`, 'x', { mode: 0o000 }));
    const nobody = { home: box.at('nobody'), under: WITHOUT_RIGHTS };
    await expectOutcome('IO', register(shut, 'acme/new@1.0.0', '--dry-run'), nobody);
    mkdirSync(box.at('nobody'), { mode: 0o755 });
    await expectOutcome('IO', register(prepared.model('tiny'), 'acme/new@1.0.0'), {
      ...nobody,
      home: box.at('nobody/home'),
    });
  });

  test('what was registered can still be verified', async () => {
    await expectOutcome('OK', ['verify', prepared.model('pilot-2'), '--release', PILOT_2], options);
  });
});
