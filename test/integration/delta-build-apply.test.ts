import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { expectOutcome, weighbridge } from '../support/command-line.js';
import { applyLine, buildDelta, contentOf, expectApplies, type Files, putFolder } from '../support/delta.js';
import { MIB, noise, put } from '../support/models.js';
import { sandbox } from '../support/sandbox.js';
import { namesIn, snapshot } from '../support/snapshot.js';

const WEIGHTS = noise('delta weights', 2 * MIB + 4321);
const CHANGED = Buffer.from(WEIGHTS);
for (let at = 0; at < CHANGED.length; at += 9973) CHANGED[at]! ^= 0x55;

const PAIRS: Readonly<Record<string, readonly [Files | undefined, Files]>> = {
  'changed weights': [{ 'model.bin': WEIGHTS }, { 'model.bin': CHANGED }],
  'a full package': [undefined, { 'model.bin': WEIGHTS.subarray(0, MIB + 1), 'config.json': '{}' }],
  'a full package of one empty file': [undefined, { empty: '' }],
  'empty files alone': [
    { a: '', b: '' },
    { b: '', c: '' },
  ],
  'equal folders': [
    { 'model.bin': WEIGHTS, 'a/b.txt': 'text' },
    { 'model.bin': WEIGHTS, 'a/b.txt': 'text' },
  ],
  'a renamed file': [{ 'old.bin': WEIGHTS }, { 'new.bin': WEIGHTS }],
  'nested folders': [
    { 'a/b/c/d/e/f/g.bin': 'one', 'a/b2/x': 'two' },
    { 'a/b/c/d/e/f/g.bin': 'three', 'a/b/c/y': WEIGHTS.subarray(0, 70_000) },
  ],
  'files of one byte, of a chunk, and of one more': [
    { 'a.bin': 'a' },
    { 'a.bin': 'b', 'chunk.bin': WEIGHTS.subarray(0, MIB), 'more.bin': WEIGHTS.subarray(0, MIB + 1) },
  ],
  'a file in place of a folder, a folder in place of a file': [
    { 'a/b': 'one', c: 'two' },
    { a: 'one', 'c/d': 'two' },
  ],
  'names of any script': [{ 'モデル.bin': 'one' }, { 'モデル.bin': 'two', 'ü/é.txt': 'three', 'a b': 'four' }],
};

describe('a package is built, inspected and applied', () => {
  test.each(Object.entries(PAIRS))('%s', async (_, [from, to]) => {
    const box = sandbox();
    const delta = await buildDelta(box, from, to);
    const { answer: built } = delta.built;
    const { answer: inspected } = await expectOutcome('OK', ['delta', 'inspect', delta.file], { home: box.at('home') });
    for (const name of ['totalBytes', 'base', 'target', 'budgetBytes', 'fits'])
      expect(inspected[name], name).toEqual(built[name]);
    const paths = Object.keys(to).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    for (const answer of [built, inspected])
      expect((answer.files as { path: string }[]).map(({ path }) => path)).toEqual(paths);
    const { answer } = await expectApplies(box, delta);
    expect(answer.contentDigest).toBe(built.target);
    const { answer: digested } = await expectOutcome('OK', ['digest', delta.to], { home: box.at('home') });
    expect(digested.contentDigest).toBe(built.target);
    // neither a home, nor anything beside what was asked for
    expect(existsSync(box.at('home'))).toBe(false);
    const made = [...(from === undefined ? [] : ['a-from']), 'a-to', 'a.wbdelta', 'applied'];
    expect(namesIn(box.folder)).toEqual(made.sort());
    expect(namesIn(box.at('applied'))).not.toContain('.weighbridge');
  });

  test('the plan says what the package comes to', async () => {
    const box = sandbox();
    const { from, to, built } = await buildDelta(box, { 'model.bin': WEIGHTS }, { 'model.bin': CHANGED, b: 'b' });
    const before = [snapshot(from!), snapshot(to)];
    const { answer } = await expectOutcome('OK', ['delta', 'plan', '--from', from!, '--to', to], {
      home: box.at('home'),
    });
    expect(answer.totalBytes).toBe(built.answer.totalBytes);
    expect(answer).toMatchObject({ fits: true, budgetBytes: null, advice: [] });
    expect([snapshot(from!), snapshot(to)]).toEqual(before);
  });

  test('hundreds of small files', async () => {
    const box = sandbox();
    const files = (changed: string) =>
      Object.fromEntries(
        Array.from({ length: 600 }, (_, index) => [
          `shard-${index % 7}/part-${index}.txt`,
          `${index} ${changed.repeat(index % 3)}`,
        ]),
      );
    await expectApplies(box, await buildDelta(box, files('a'), files('b')));
  });

  test('single files on both sides', async () => {
    const box = sandbox();
    await put(box.at('old/model.bin'), WEIGHTS);
    await put(box.at('new/model.bin'), CHANGED);
    const [from, to, file] = [box.at('old/model.bin'), box.at('new/model.bin'), box.at('p.wbdelta')];
    const home = box.at('home');
    await expectOutcome('OK', ['delta', 'build', '--from', from, '--to', to, '-o', file], { home });
    await expectOutcome('OK', applyLine({ file, from }, box.at('by-file')), { home });
    await expectOutcome('OK', applyLine({ file, from: box.at('old') }, box.at('by-folder')), { home });
    for (const name of ['by-file', 'by-folder']) expect(contentOf(box.at(name))).toEqual(contentOf(box.at('new')));
  });

  test('the same bytes again, whatever the machine did meanwhile', async () => {
    const box = sandbox();
    const first = await buildDelta(box, { 'model.bin': WEIGHTS }, { 'model.bin': CHANGED, b: 'b' }, 'a');
    const second = await buildDelta(box, { 'model.bin': WEIGHTS }, { 'model.bin': CHANGED, b: 'b' }, 'b');
    expect(readFileSync(second.file).equals(readFileSync(first.file))).toBe(true);
  });

  test('what is written has one name, and common permissions', async () => {
    const box = sandbox();
    await expectApplies(box, await buildDelta(box, { a: 'a', 'b/c': 'c' }, { a: 'a', 'b/c': 'd' }));
    for (const name of ['a', 'b/c']) {
      const { nlink, mode } = statSync(box.at('applied', name));
      expect([nlink, mode & 0o7133]).toEqual([1, 0]);
    }
  });

  test('metadata of both sides is passed over', async () => {
    const box = sandbox();
    const delta = await buildDelta(
      box,
      { a: 'a', '.weighbridge/bundle.json': '{}' },
      { a: 'b', '.weighbridge/x': '1' },
    );
    await expectOutcome('OK', applyLine(delta, box.at('applied')), { home: box.at('home') });
    expect(namesIn(box.at('applied'))).toEqual(['a']);
  });

  test('a package takes the place of another, whole', async () => {
    const box = sandbox();
    const delta = await buildDelta(box, undefined, { a: 'a' });
    await putFolder(delta.to, { a: 'b' });
    await expectOutcome('OK', ['delta', 'build', '--to', delta.to, '-o', delta.file], { home: box.at('home') });
    await expectApplies(box, delta);
    expect(namesIn(box.folder)).toEqual(['a-to', 'a.wbdelta', 'applied']);
  });
});

describe('a budget', () => {
  test('is kept when it is met, and not by one byte less: nothing is written then', async () => {
    const box = sandbox();
    const { from, to, built } = await buildDelta(
      box,
      { a: WEIGHTS.subarray(0, 9000) },
      { a: WEIGHTS.subarray(0, 9100) },
    );
    const total = Number(built.answer.totalBytes);
    const home = box.at('home');
    const sides = ['--from', from!, '--to', to];
    const line = (command: string, budget: number) => {
      const output = command === 'build' ? ['-o', box.at(`${budget}.wbdelta`)] : [];
      return ['delta', command, ...sides, '--budget', `${budget}B`, ...output];
    };
    for (const command of ['plan', 'build']) {
      const met = await expectOutcome('OK', line(command, total), { home });
      expect(met.answer).toMatchObject({ budgetBytes: total, totalBytes: total, fits: true });
      const over = await expectOutcome('LIMIT', line(command, total - 1), { home });
      expect(over.exit).toBe(22);
      expect(over.answer).toMatchObject({ budgetBytes: total - 1, totalBytes: total, fits: false });
      if (command === 'plan') expect(over.answer.advice).toBeInstanceOf(Array);
    }
    expect(namesIn(box.folder)).toEqual(['a-from', 'a-to', 'a.wbdelta', `${total}.wbdelta`].sort());
  });

  test.each(['-1', '1.5B', 'much', '', '0x10B'])('%j is none', async (budget) => {
    const box = sandbox();
    await putFolder(box.at('to'), { a: 'a' });
    const { answer } = await weighbridge(['delta', 'plan', '--to', box.at('to'), `--budget=${budget}`], {
      home: box.at('home'),
    });
    expect(answer.outcome).toBe('USAGE');
  });
});

test('text mode says the same, without control characters', async () => {
  const box = sandbox();
  const { file } = await buildDelta(box, undefined, { a: WEIGHTS.subarray(0, 100) });
  for (const line of [
    ['delta', 'inspect', file],
    ['delta', 'plan', '--to', box.at('a-to')],
    ['delta', 'apply', file, '--to', box.at('out')],
  ]) {
    const { exit, stdout } = await weighbridge(line, { home: box.at('home'), json: false });
    expect([exit, stdout.length > 0]).toEqual([0, true]);
  }
  expect(readFileSync(join(box.at('out'), 'a')).equals(WEIGHTS.subarray(0, 100))).toBe(true);
});
