import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { expectOutcome, type RunOptions, weighbridge } from '../support/command-line.js';
import { prepared, sandbox } from '../support/sandbox.js';

const claim = (namespace: string, ...more: string[]) => ['namespace', 'claim', namespace, ...more];
const show = (namespace: string) => ['namespace', 'show', namespace];

async function addressOf(name: string, options: RunOptions): Promise<string> {
  const { answer } = await expectOutcome('OK', ['key', 'list'], options);
  return (answer.keys as { name: string; address: string }[]).find((key) => key.name === name)?.address ?? '';
}

describe('namespace claim', () => {
  test('without anything: the keys publisher and approver, made at once, 1 of 1', async () => {
    const { at } = sandbox();
    const home = at('home');
    const { answer } = await expectOutcome('OK', claim('solo'), { home });
    const [publisher, approver] = [await addressOf('publisher', { home }), await addressOf('approver', { home })];
    const wanted = {
      namespace: 'solo',
      publisher,
      guardian: publisher,
      approvers: [{ key: approver, role: 'security', active: true, name: 'approver' }],
      threshold: 1,
      epoch: expect.any(Number),
    };
    expect(answer).toMatchObject(wanted);
    expect((await expectOutcome('OK', show('solo'), { home })).answer).toMatchObject(wanted);
    expect((await expectOutcome('OK', claim('solo'), { home })).answer).toMatchObject(wanted);
  });

  test('the threshold is the number of approvers by default; keys may be addresses', async () => {
    const box = sandbox();
    const [home, elsewhere] = [box.publisher(), box.at('elsewhere')];
    const { answer: eve } = await expectOutcome('OK', ['key', 'new', 'eve'], { home: elsewhere });
    const { answer: guard } = await expectOutcome('OK', ['key', 'new', 'guard'], { home: elsewhere });
    const flags = ['--as', 'maker', '--approver', `${eve.address}=legal`, '--approver', 'bob=security'];
    const { answer } = await expectOutcome('OK', claim('trio', ...flags, '--guardian', String(guard.address)), {
      home,
    });
    expect(answer).toMatchObject({
      publisher: await addressOf('maker', { home }),
      guardian: guard.address,
      threshold: 2,
      approvers: [
        { key: eve.address, role: 'legal', active: true },
        { role: 'security', active: true, name: 'bob' },
      ],
    });
    expect((answer.approvers as object[])[0]).not.toHaveProperty('name');
  });

  test('32 approvers are the most', async () => {
    const { at } = sandbox();
    const approvers = (count: number) =>
      Array.from({ length: count }, (_, index) => ['--approver', `0x${'0'.repeat(38)}${index + 10}=r${index}`]).flat();
    await expectOutcome('USAGE', claim('many', ...approvers(33)), { home: at('home') });
    expect(existsSync(at('home'))).toBe(false);
    const { answer } = await expectOutcome('OK', claim('many', ...approvers(32)), { home: at('home') });
    expect(answer.threshold).toBe(32);
    expect(answer.approvers).toHaveLength(32);
  });

  test.each([
    ['publisher as approver', ['--approver', 'publisher=legal']],
    ['publisher as approver, by --as', ['--as', 'p', '--approver', 'p=legal']],
    ['guardian as approver', ['--approver', 'a=legal', '--guardian', 'a']],
    ['an approver twice', ['--approver', 'a=legal', '--approver', 'a=security']],
    ['a threshold of 0', ['--threshold', '0']],
    ['a threshold above the approvers', ['--approver', 'a=legal', '--threshold', '2']],
    ['a threshold that is no number', ['--threshold', 'two']],
    ['a threshold of 1.0', ['--threshold', '1.0']],
    ['a threshold of 01', ['--threshold', '01']],
    ['an approver without role', ['--approver', 'alice']],
    ['an approver with an empty role', ['--approver', 'alice=']],
    ['an approver with no key', ['--approver', '=legal']],
    ['a role of 32 bytes', ['--approver', `alice=${'r'.repeat(32)}`]],
    ['a key that is a path', ['--approver', '../alice=legal']],
    ['an address of the wrong spelling', ['--approver', '0x95c638191868250a93d697cd0dd14b7ab25f56ba=legal']],
    ['an address of the wrong checksum', ['--approver', '0x95C638191868250a93D697CD0Dd14b7aB25f56bA=legal']],
    ['the zero address as approver', ['--approver', `0x${'0'.repeat(40)}=legal`]],
    ['the zero address as guardian', ['--guardian', `0x${'0'.repeat(40)}`]],
    ['an address as publisher', ['--as', '0x95c638191868250a93D697CD0Dd14b7aB25f56bA']],
  ])('USAGE: %s; no home, key or chain is made', async (_, flags) => {
    const { at } = sandbox();
    await expectOutcome('USAGE', claim('solo', ...flags), { home: at('home') });
    expect(existsSync(at('home')) ? readdirSync(at('home'), { recursive: true }) : []).toEqual([]);
  });

  test.each(['', 'Acme', 'a/b', 'a..b', 'a.', '-a', 'x'.repeat(65), '*'])(
    'USAGE: the namespace %j',
    async (namespace) => {
      const { at } = sandbox();
      await expectOutcome('USAGE', claim('--', namespace), { home: at('home') });
      await expectOutcome('USAGE', show(namespace === '-a' ? '--' : namespace), { home: at('home') });
      expect(existsSync(at('home'))).toBe(false);
    },
  );

  test('another name of the same key does not make two of it', async () => {
    const home = sandbox().publisher();
    const [alice, publisher] = [await addressOf('alice', { home }), await addressOf('publisher', { home })];
    await expectOutcome('USAGE', claim('x', '--approver', 'alice=legal', '--approver', `${alice}=legal`), { home });
    await expectOutcome('USAGE', claim('x', '--approver', `${publisher}=legal`), { home });
    await expectOutcome('USAGE', claim('x', '--approver', 'alice=legal', '--guardian', alice), { home });
    await expectOutcome('UNVERIFIABLE', show('x'), { home });
  });

  test('again by its publisher: OK when it is the same, else USAGE; UNTRUSTED for anybody else', async () => {
    const home = sandbox().publisher();
    const same = [
      '--approver',
      'alice=legal',
      '--approver',
      'bob=security',
      '--threshold',
      '1',
      '--guardian',
      'warden',
    ];
    await expectOutcome('OK', claim('acme', ...same), { home });
    await expectOutcome('USAGE', claim('acme', ...same.slice(0, -2)), { home });
    await expectOutcome('USAGE', claim('acme', ...same, '--approver', 'carol=legal'), { home });
    await expectOutcome('UNTRUSTED', claim('acme', ...same, '--as', 'mallory'), { home });
    const { answer } = await expectOutcome('OK', show('acme'), { home });
    expect(answer).toMatchObject({ publisher: await addressOf('publisher', { home }), threshold: 1 });
  });

  test("the home's trust file covers what was claimed here", async () => {
    const box = sandbox();
    const home = box.publisher();
    await expectOutcome('OK', claim('second', '--approver', 'alice=legal'), { home });
    const { answer } = await expectOutcome('OK', ['trust', 'export', '-o', box.at('trust.json')], { home });
    expect(answer.models).toEqual(['acme/*', 'second/*']);
  });
});

describe('namespace show', () => {
  test('UNVERIFIABLE: a namespace that nobody claimed, a home without a chain', async () => {
    const { at } = sandbox();
    await expectOutcome('UNVERIFIABLE', show('nobody'), { home: prepared.home });
    await expectOutcome('UNVERIFIABLE', show('acme'), { home: at('home') });
    expect(existsSync(at('home'))).toBe(false);
  });

  test('names publisher, guardian, approvers and threshold in text', async () => {
    const { stdout } = await weighbridge(show('acme'), { home: prepared.home, json: false });
    const { answer } = await expectOutcome('OK', show('acme'), { home: prepared.home });
    for (const { key, role } of answer.approvers as { key: string; role: string }[])
      expect(stdout).toMatch(new RegExp(`${key}.*${role}`));
    expect(stdout).toContain(String(answer.publisher));
    expect(stdout).toContain(String(answer.guardian));
  });
});
