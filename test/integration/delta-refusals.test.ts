import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectOutcome, weighbridge } from '../support/command-line.js';
import { edit, flipByte } from '../support/damage.js';
import { applyLine, buildDelta, contentOf, type Delta, putFolder } from '../support/delta.js';
import { MIB, noise } from '../support/models.js';
import { openSandbox, PILOT_1, prepared, type Sandbox, sandbox } from '../support/sandbox.js';
import { namesIn, snapshot } from '../support/snapshot.js';

const BASE = { 'model.bin': noise('refusals', 300), 'config/a.json': '{}', empty: '' };
const TARGET = {
  'model.bin': noise('refusals, changed', 280),
  'config/a.json': '{"a":1}',
  empty: '',
  'new.txt': 'new',
};
/** What a damaged package may be called. */
const DAMAGED = /^(MALFORMED|TAMPERED|LIMIT|WRONG_ARTIFACT)$/;

/** One small package that nobody changes. */
let shared: Sandbox;
let small: Delta;
beforeAll(async () => {
  shared = openSandbox();
  small = await buildDelta(shared, BASE, TARGET);
});
afterAll(() => rmSync(shared.folder, { recursive: true, force: true }));

const home = () => shared.at('home');
const apply = (file: string, to: string, base = small.from) => applyLine({ file, from: base }, to);

describe('USAGE', () => {
  test('what is not there, or no file', async () => {
    const box = sandbox();
    execFileSync('mkfifo', [box.at('fifo')]);
    for (const file of [box.at('none'), small.to, box.at('fifo')]) {
      await expectOutcome('USAGE', ['delta', 'inspect', file], { home: home() });
      await expectOutcome('USAGE', apply(file, box.at('to')), { home: home() });
    }
    await expectOutcome('USAGE', apply(small.file, box.at('to'), box.at('none')), { home: home() });
    expect(namesIn(box.folder)).toEqual(['fifo']);
  });

  test('words that are missing or one too many', async () => {
    const box = sandbox();
    for (const line of [
      ['delta'],
      ['delta', 'build', '--to', small.to],
      ['delta', 'build', '-o', box.at('x')],
      ['delta', 'plan'],
      ['delta', 'inspect'],
      ['delta', 'inspect', small.file, small.file],
      ['delta', 'apply', small.file],
      ['delta', 'apply', '--to', box.at('to')],
      ['delta', 'apply', small.file, '--to', box.at('to'), '--to', box.at('other')],
    ]) {
      const { answer } = await weighbridge(line, { home: home() });
      expect(answer.outcome, line.join(' ')).toBe('USAGE');
    }
    expect(namesIn(box.folder)).toEqual([]);
  });

  test('a package that needs a base, without one', async () => {
    const box = sandbox();
    await expectOutcome('USAGE', ['delta', 'apply', small.file, '--to', box.at('to')], { home: home() });
    expect(namesIn(box.folder)).toEqual([]);
  });

  test('a folder that exists, or has no parent', async () => {
    const box = sandbox();
    mkdirSync(box.at('empty'));
    symlinkSync('nowhere', box.at('dangling'));
    writeFileSync(box.at('file'), 'text');
    for (const to of ['empty', 'dangling', 'file', 'missing/to'])
      await expectOutcome('USAGE', apply(small.file, box.at(to)), { home: home() });
    expect(namesIn(box.folder)).toEqual(['dangling', 'empty', 'file']);
  });

  test('base and target in one folder, by any name, or one within the other', async () => {
    const box = sandbox();
    const base = await putFolder(box.at('base'), BASE);
    symlinkSync('base', box.at('link'));
    for (const to of ['base', 'base/', 'link', 'base/../base', 'base/new', 'link/new', 'base/config/new'])
      await expectOutcome('USAGE', apply(small.file, `${box.folder}/${to}`, base), { home: home() });
    expect(contentOf(base)).toEqual(contentOf(small.from!));
    expect(namesIn(base)).toEqual(namesIn(small.from!));
  });

  test('sides that are neither there nor releases; a package where none can be', async () => {
    const box = sandbox();
    const output = ['-o', box.at('x.wbdelta')];
    for (const side of ['--to', '--from'])
      for (const name of [box.at('none'), 'no/release', '']) {
        const others = side === '--to' ? [] : ['--to', small.to];
        await expectOutcome('USAGE', ['delta', 'build', ...others, side, name, ...output], { home: home() });
        await expectOutcome('USAGE', ['delta', 'plan', ...others, side, name], { home: home() });
      }
    for (const file of [box.folder, box.at('missing/x'), `${box.at('x')}/`])
      await expectOutcome('USAGE', ['delta', 'build', '--to', small.to, '-o', file], { home: home() });
    await expectOutcome('UNVERIFIABLE', ['delta', 'build', '--to', PILOT_1, ...output], { home: home() });
    await expectOutcome('UNVERIFIABLE', ['delta', 'plan', '--to', PILOT_1], { home: home() });
    expect(namesIn(box.folder)).toEqual([]);
    expect(existsSync(home())).toBe(false);
  });

  test('a package within one of its own sides', async () => {
    const box = sandbox();
    const to = await putFolder(box.at('to'), TARGET);
    for (const file of ['to/x.wbdelta', 'to/model.bin', 'to/config/x'])
      await expectOutcome('USAGE', ['delta', 'build', '--to', to, '-o', box.at(file)], { home: home() });
    await expectOutcome('USAGE', ['delta', 'build', '--to', box.at('to/empty'), '-o', box.at('to/empty')], {
      home: home(),
    });
    expect(contentOf(to)).toEqual(contentOf(small.to));
  });
});

describe('sides that can be no release', () => {
  test.each([
    ['a symlink', 'UNSAFE_MODEL', (at: string) => symlinkSync('model.bin', `${at}/link`)],
    ['a FIFO', 'UNSAFE_MODEL', (at: string) => execFileSync('mkfifo', [`${at}/fifo`])],
    ['an unsafe name', 'MALFORMED', (at: string) => writeFileSync(`${at}/a\\b`, '')],
    ['twins', 'MALFORMED', (at: string) => writeFileSync(`${at}/MODEL.bin`, '')],
    ['no file', 'MALFORMED', (at: string) => rmSync(at, { recursive: true }) ?? mkdirSync(at)],
  ] as const)('%s: %s', async (_, outcome, spoil) => {
    const box = sandbox();
    const bad = await putFolder(box.at('bad'), BASE);
    spoil(bad);
    for (const sides of [
      ['--to', bad],
      ['--from', bad, '--to', small.to],
    ]) {
      await expectOutcome(outcome, ['delta', 'build', ...sides, '-o', box.at('x.wbdelta')], { home: home() });
      await expectOutcome(outcome, ['delta', 'plan', ...sides], { home: home() });
    }
    expect(namesIn(box.folder)).toEqual(['bad']);
  });
});

describe('WRONG_ARTIFACT', () => {
  const SPOILERS: Readonly<Record<string, (base: string) => unknown>> = {
    'a flipped byte': (base) => flipByte(`${base}/model.bin`, 100),
    'a byte more': (base) => appendFileSync(`${base}/model.bin`, 'x'),
    'a byte less': (base) => truncateSync(`${base}/model.bin`, 299),
    'a missing file': (base) => rmSync(`${base}/config/a.json`),
    'a missing empty file': (base) => rmSync(`${base}/empty`),
    'an extra file': (base) => writeFileSync(`${base}/extra`, ''),
    'an extra file of a name that no release has': (base) => writeFileSync(`${base}/a\\b`, ''),
    'a symlink to the same bytes': (base) => {
      execFileSync('mv', [`${base}/model.bin`, `${base}-elsewhere`]);
      symlinkSync(`${base}-elsewhere`, `${base}/model.bin`);
    },
    'an extra symlink': (base) => symlinkSync('model.bin', `${base}/link`),
    'a FIFO': (base) => rmSync(`${base}/empty`) ?? execFileSync('mkfifo', [`${base}/empty`]),
    'a folder in place of a file': (base) =>
      rmSync(`${base}/empty`) ?? mkdirSync(`${base}/empty/x`, { recursive: true }),
    'another spelling': (base) => execFileSync('mv', [`${base}/empty`, `${base}/Empty`]),
    nothing: (base) => rmSync(base, { recursive: true }) ?? mkdirSync(base),
  };

  test.each(Object.entries(SPOILERS))('%s', async (_, spoil) => {
    const box = sandbox();
    const base = await putFolder(box.at('base'), BASE);
    spoil(base);
    const before = snapshot(box.folder);
    await expectOutcome('WRONG_ARTIFACT', apply(small.file, box.at('to'), base), { home: home() });
    expect(snapshot(box.folder)).toEqual(before);
  });

  test('the target itself, the base of another package, a single file', async () => {
    const box = sandbox();
    for (const base of [small.to, prepared.model('tiny'), `${small.from}/model.bin`])
      await expectOutcome('WRONG_ARTIFACT', apply(small.file, box.at('to'), base), { home: home() });
    expect(namesIn(box.folder)).toEqual([]);
  });
});

describe('a damaged package', () => {
  test('cut or longer: MALFORMED, and no target', async () => {
    const box = sandbox();
    const bytes = readFileSync(small.file);
    for (const length of [0, 160, 161, bytes.length - 1, bytes.length + 1]) {
      writeFileSync(box.at('cut'), Buffer.concat([bytes, Buffer.alloc(1)]).subarray(0, length));
      await expectOutcome('MALFORMED', apply(box.at('cut'), box.at('to')), { home: home() });
    }
    await expectOutcome('MALFORMED', ['delta', 'inspect', box.at('cut')], { home: home() });
    expect(namesIn(box.folder)).toEqual(['cut']);
  });

  test.each([10, 40, 100, 400, -1])('byte %i flipped, by the command line', async (at) => {
    const box = sandbox();
    const file = box.copy(small.file, 'flipped');
    flipByte(file, at, 2);
    const { answer } = await weighbridge(apply(file, box.at('to')), { home: home() });
    expect(answer.outcome).toMatch(DAMAGED);
    expect(namesIn(box.folder).filter((name) => !name.startsWith('.'))).toEqual(['flipped']);
    const { answer: inspected } = await weighbridge(['delta', 'inspect', file], { home: home() });
    expect(inspected.outcome).toMatch(at === -1 ? /^OK$/ : DAMAGED);
  });

  test('payloads of two files exchanged: TAMPERED', async () => {
    const box = sandbox();
    const [a, b] = [noise('payload a', 5000), noise('payload b', 5000)];
    const delta = await buildDelta(box, undefined, { 'a.bin': a, 'b.bin': b });
    edit(delta.file, (bytes) => {
      const [first, second] = [bytes.indexOf(a), bytes.indexOf(b)];
      expect(Math.min(first, second)).toBeGreaterThan(0);
      bytes.set(b, first);
      bytes.set(a, second);
      return bytes;
    });
    const { answer } = await expectOutcome('TAMPERED', applyLine(delta, box.at('to')), { home: home() });
    expect(answer).toMatchObject({ file: 'a.bin', chunk: 0 });
    expect(existsSync(box.at('to'))).toBe(false);
  });

  test('a good file of another kind: MALFORMED', async () => {
    const box = sandbox();
    await expectOutcome('MALFORMED', ['delta', 'inspect', prepared.bundle('pilot-1')], { home: home() });
    for (const file of [prepared.trust, `${small.to}/empty`])
      await expectOutcome('MALFORMED', apply(file, box.at('to')), { home: home() });
    await expectOutcome('MALFORMED', ['bundle', 'inspect', small.file], { home: home() });
  });

  test('a newer operation set: LIMIT', async () => {
    const box = sandbox();
    const file = box.copy(small.file, 'newer');
    edit(file, (bytes) => {
      bytes.writeUInt16LE(2, 10);
      return bytes;
    });
    await expectOutcome('LIMIT', ['delta', 'inspect', file], { home: home() });
    await expectOutcome('LIMIT', apply(file, box.at('to')), { home: home() });
  });

  test('flipped late in a large one: what was right stays for a good copy', async () => {
    const box = sandbox();
    const delta = await buildDelta(box, undefined, { 'model.bin': noise('late', 3 * MIB) });
    const bad = box.copy(delta.file, 'bad.wbdelta');
    flipByte(bad, -10);
    const { answer } = await expectOutcome('TAMPERED', applyLine({ file: bad, from: undefined }, box.at('to')), {
      home: home(),
    });
    expect(answer).toMatchObject({ file: 'model.bin', chunk: 2 });
    expect(existsSync(box.at('to'))).toBe(false);
    await expectOutcome('OK', applyLine(delta, box.at('to')), { home: home() });
    expect(contentOf(box.at('to'))).toEqual(contentOf(delta.to));
    expect(namesIn(box.folder).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});
