import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { expectOutcome, weighbridge } from '../support/command-line.js';
import { sortedJson } from '../support/damage.js';
import { goldenBytes, goldenFiles } from '../support/golden-stream.js';
import { makePilot, makeTiny, put } from '../support/models.js';
import { prepared, sandbox } from '../support/sandbox.js';
import { WITHOUT_RIGHTS } from '../support/without-rights.js';

interface DigestedFile {
  readonly path: string;
  readonly size: number;
  readonly 'sha3-512': string;
  readonly tree: string;
}

const openssl = (path: string) =>
  execFileSync('openssl', ['dgst', '-sha3-512', '-r', path], { encoding: 'utf8' }).split(' ')[0];

describe('digest of a file', () => {
  test.each(goldenFiles())('known answer: $size bytes', async ({ size, tree, ...golden }) => {
    const { at } = sandbox();
    writeFileSync(at('golden.bin'), goldenBytes(size));
    const { answer } = await expectOutcome('OK', ['digest', at('golden.bin')]);
    const [file] = answer.files as DigestedFile[];
    expect(file).toEqual({ path: 'golden.bin', size, 'sha3-512': golden['sha3-512'], tree: tree ?? file?.tree });
    expect(answer).not.toHaveProperty('contentDigest');
  });

  test.each([0, 1, 1_048_575, 1_048_576, 1_048_577, 100_000_000])('openssl agrees on %i bytes', async (size) => {
    const { at } = sandbox();
    writeFileSync(at('sparse.bin'), 'w');
    truncateSync(at('sparse.bin'), size);
    const { answer } = await expectOutcome('OK', ['digest', at('sparse.bin')]);
    expect((answer.files as DigestedFile[])[0]).toMatchObject({ size, 'sha3-512': openssl(at('sparse.bin')) });
  });

  test('the first word of the text is what openssl prints', async () => {
    const file = `${prepared.model('pilot-1')}/config.json`;
    const { stdout } = await weighbridge(['digest', file], { json: false });
    expect(stdout.split(/\s/)[0]).toBe(openssl(file));
  });

  test('its path is the base name, of a symlink its own', async () => {
    const { at } = sandbox();
    symlinkSync(`${prepared.model('pilot-1')}/config.json`, at('link.json'));
    const { answer } = await expectOutcome('OK', ['digest', at('link.json')]);
    expect((answer.files as DigestedFile[])[0]?.path).toBe('link.json');
  });

  test('behind -- a flag is a name', async () => {
    const { folder, at } = sandbox();
    writeFileSync(at('--json'), 'x');
    writeFileSync(at('-rf'), 'xy');
    const { answer } = await expectOutcome('OK', ['digest', '--', '--json', '-rf'], { cwd: folder });
    expect(answer.inputs).toMatchObject([
      { files: [{ path: '--json', size: 1 }] },
      { files: [{ path: '-rf', size: 2 }] },
    ]);
  });
});

describe('digest of a folder', () => {
  test('files sorted by their bytes in UTF-8, and the content digest of just that', async () => {
    const { folder, at } = sandbox();
    for (const name of ['\u{1F600}.bin', '\uFF5E.bin', 'B', 'a-b', 'a/b', 'a.b', 'Z/z', 'é']) await put(at(name), name);
    const { answer } = await expectOutcome('OK', ['digest', folder]);
    const files = answer.files as DigestedFile[];
    const paths = files.map(({ path }) => path);
    expect(paths).toEqual([...paths].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
    expect(paths).toHaveLength(8);
    const bare = files.map(({ path, size, tree }) => ({ path, size, tree }));
    expect(answer.contentDigest).toBe(createHash('sha3-512').update(sortedJson(bare)).digest('hex'));
  });

  test('does not depend on where it lies, on times, modes or hard links', async () => {
    const { at } = sandbox();
    const [one, two] = [await makePilot(at('one')), await makePilot(at('far/away/two'))];
    utimesSync(`${two}/config.json`, 1, 1);
    chmodSync(`${two}/LICENSE`, 0o400);
    linkSync(`${two}/README.md`, at('README-linked'));
    const answers = [await expectOutcome('OK', ['digest', one]), await expectOutcome('OK', ['digest', `${two}/`])];
    expect(answers[0]?.answer.contentDigest).toBe(answers[1]?.answer.contentDigest);
  });

  test('may be the working folder, or lead through others', async () => {
    const folder = prepared.model('pilot-1');
    const { answer } = await expectOutcome('OK', ['digest', folder]);
    for (const path of ['.', './', '../pilot-1', 'tokenizer/..'])
      expect((await expectOutcome('OK', ['digest', path], { cwd: folder })).answer).toEqual(answer);
  });

  test('passes over .weighbridge/ at the top', async () => {
    const { model } = sandbox();
    const folder = model('tiny');
    const before = await expectOutcome('OK', ['digest', folder]);
    await put(`${folder}/.weighbridge/manifest.json`, '{}');
    const after = await expectOutcome('OK', ['digest', folder]);
    expect(after.answer).toEqual(before.answer);
  });

  test('several paths: one entry for each, in their order', async () => {
    const { at } = sandbox();
    writeFileSync(at('f'), 'f');
    const { answer } = await expectOutcome('OK', ['digest', at('f'), prepared.model('tiny'), at('f')]);
    const inputs = answer.inputs as { files: DigestedFile[]; contentDigest?: string }[];
    expect(inputs.map(({ files }) => files.map(({ path }) => path))).toEqual([['f'], ['weights.bin'], ['f']]);
    expect(inputs.map((input) => 'contentDigest' in input)).toEqual([false, true, false]);
    expect(answer).not.toHaveProperty('files');
  });

  test('needs no home and makes none', async () => {
    const { at } = sandbox();
    await expectOutcome('OK', ['digest', prepared.model('tiny')], { home: at('home') });
    expect(() => readFileSync(at('home'))).toThrow(/ENOENT/);
  });
});

describe('digest refuses', () => {
  const inFolder = async (name: string | Buffer, make: (path: string | Buffer) => unknown) => {
    const { folder, at } = sandbox();
    await makeTiny(folder);
    await make(typeof name === 'string' ? at(name) : Buffer.concat([Buffer.from(`${folder}/`), name]));
    return folder;
  };

  test.each([
    ['symlink', (path: string) => symlinkSync('weights.bin', path)],
    ['symlink', (path: string) => symlinkSync('.', path)],
    ['FIFO', (path: string) => execFileSync('mkfifo', [path])],
    ['device', (path: string) => execFileSync('mknod', [path, 'c', '1', '3'])],
    ['socket', (path: string) => new Promise<void>((done) => void createServer().listen(path, done).unref())],
  ])('UNSAFE_MODEL: a %s in the folder, and names its kind', async (kind, make) => {
    const folder = await inFolder('odd', (path) => make(String(path)));
    const { answer } = await expectOutcome('UNSAFE_MODEL', ['digest', folder]);
    expect(answer).toMatchObject({ file: 'odd', message: expect.stringMatching(new RegExp(kind, 'i')) });
  });

  test.each([
    ['no UTF-8', Buffer.from([0xff, 0xfe])],
    ['escapes and a line break', '\u001b[2Jx\ny'],
    ['a backslash', 'a\\b'],
  ])('MALFORMED: a name with %s', async (_, name) => {
    const folder = await inFolder(name, (path) => writeFileSync(path, 'x'));
    await expectOutcome('MALFORMED', ['digest', folder]);
    await weighbridge(['digest', folder], { json: false });
  });

  test('MALFORMED: an empty folder', async () => {
    await expectOutcome('MALFORMED', ['digest', sandbox().folder]);
  });

  test('USAGE: what is not there, a FIFO, a device, a good path beside a bad one', async () => {
    const { at } = sandbox();
    execFileSync('mkfifo', [at('fifo')]);
    writeFileSync(at('file'), 'x');
    for (const path of [at('none'), at('fifo'), '/dev/null', '', `${at('file')}/`, `${at('file')}/below`]) {
      await expectOutcome('USAGE', ['digest', path]);
      await expectOutcome('USAGE', ['digest', prepared.model('tiny'), path]);
    }
    await expectOutcome('USAGE', ['digest']);
    const { stdout } = await weighbridge(['digest', prepared.model('tiny'), at('none')], { json: false });
    expect(stdout).toBe('');
  });

  test('IO: a file and a folder that may not be read', async () => {
    const { folder, at } = sandbox();
    chmodSync(folder, 0o755);
    mkdirSync(at('m'));
    writeFileSync(at('m/weights.bin'), 'secret', { mode: 0o000 });
    await expectOutcome('IO', ['digest', at('m')], { under: WITHOUT_RIGHTS });
    await expectOutcome('IO', ['digest', at('m/weights.bin')], { under: WITHOUT_RIGHTS });
    mkdirSync(at('m/shut'), { mode: 0o000 });
    chmodSync(at('m/weights.bin'), 0o644);
    await expectOutcome('IO', ['digest', at('m')], { under: WITHOUT_RIGHTS });
  });
});
