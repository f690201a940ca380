import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Digest } from '@weighbridge/core/brands';
import { parseReleaseRef } from '@weighbridge/core/names';
import type { Chain, ReleaseClaim } from '@weighbridge/ports/chain';
import { testSigner } from '@weighbridge/ports/testing/test-signer';
import { readHeader } from '@weighbridge/verify/header';
import { proveRelease } from '@weighbridge/verify/proof';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type EmbeddedChainOptions, openEmbeddedChain } from './embedded-chain.js';

const publisher = testSigner('publisher');
const approver = testSigner('approver');
const claimOf = (code: number): ReleaseClaim => ({
  ref: parseReleaseRef(`acme/model@${code}`),
  versionCode: code,
  digest: 'ab'.repeat(64) as Digest,
});

/** A home with a namespace and one release; each test has a copy. */
let template: string;
let home: string;
beforeAll(async () => {
  template = mkdtempSync(join(tmpdir(), 'weighbridge-template-'));
  await using(template, async (chain) => {
    const approvers = [{ key: approver.address, role: 'r' }];
    await chain.claim({ namespace: 'acme', guardian: publisher.address, approvers, threshold: 1 }, publisher);
    await chain.register(claimOf(1), publisher);
  });
});
afterAll(() => rmSync(template, { recursive: true }));
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'weighbridge-embedded-'));
  cpSync(template, home, { recursive: true });
});
afterEach(() => rmSync(home, { recursive: true }));

async function using<T>(
  where: string,
  task: (chain: Chain) => Promise<T>,
  more: Partial<EmbeddedChainOptions> = {},
): Promise<T> {
  const fund = [publisher.address, approver.address];
  const options = {
    folder: join(where, 'chain'),
    journalFolder: join(where, 'journal'),
    writable: true,
    fund,
    ...more,
  };
  const chain = await openEmbeddedChain(options);
  try {
    return await task(chain);
  } finally {
    await chain.close();
  }
}

const READER = { writable: false, fund: [] };
const state = () => join(home, 'chain', 'state.json');
const previous = () => join(home, 'chain', 'state.previous.json');
const UNVERIFIABLE = { code: 'UNVERIFIABLE', hint: expect.stringMatching(/./) };

/** Everything in a folder, with times and contents. */
function snapshot(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return names.map((name) => {
    const { mtimeMs, ino, size } = statSync(join(folder, name));
    return `${name} ${mtimeMs} ${ino} ${size}`;
  });
}

describe('a reader', () => {
  test('sees what was written and leaves no trace', async () => {
    const before = snapshot(home);
    await using(
      home,
      async (chain) => expect(await chain.release(claimOf(1).ref)).toMatchObject({ versionCode: 1 }),
      READER,
    );
    expect(snapshot(home)).toEqual(before);
  });

  test('proves what was written', async () => {
    await using(
      home,
      async (chain) => {
        const { ref } = claimOf(1);
        const { header, nodes } = await chain.prove(ref);
        const { contract, codeHash } = chain.identity;
        const input = {
          stateRoot: readHeader(header).stateRoot,
          nodes,
          contract,
          codeHash,
          model: ref.model,
          version: ref.version,
        };
        expect(proveRelease(input)).toMatchObject({ versionCode: 1 });
      },
      READER,
    );
  });

  test('where no chain is makes none', async () => {
    const empty = join(home, 'empty');
    await expect(using(empty, async () => {}, READER)).rejects.toMatchObject(UNVERIFIABLE);
    expect(existsSync(empty)).toBe(false);
  });

  test('does not write', async () => {
    await expect(using(home, (chain) => chain.register(claimOf(2), publisher), READER)).rejects.toMatchObject({
      code: 'USAGE',
    });
  });

  test('goes on while a writer writes', async () => {
    await using(
      home,
      async (reader) => {
        await using(home, (writer) => writer.register(claimOf(2), publisher));
        expect(await reader.release(claimOf(2).ref)).toBeUndefined();
        expect(await reader.release(claimOf(1).ref)).toBeDefined();
      },
      READER,
    );
    await using(home, async (reader) => expect(await reader.release(claimOf(2).ref)).toBeDefined(), READER);
  });

  test.each([
    ['is torn', () => writeFileSync(state(), readFileSync(state()).subarray(0, 5000))],
    ['is gone', () => rmSync(state())],
    ['has a flipped bit', () => flip(state())],
  ])('of a state that %s is told so: it would miss the last change', async (_, damage) => {
    damage();
    await expect(using(home, async () => {}, READER)).rejects.toMatchObject({
      ...UNVERIFIABLE,
      message: expect.stringContaining(state()),
    });
  });
});

describe('a writer', () => {
  test('that returned has it on disk', async () => {
    await using(home, async (chain) => {
      await chain.register(claimOf(2), publisher);
      await using(home, async (reader) => expect(await reader.release(claimOf(2).ref)).toBeDefined(), READER);
    });
  });

  test('that changes nothing writes nothing', async () => {
    await using(home, async () => {});
    const before = snapshot(join(home, 'chain'));
    await using(home, (chain) => chain.register(claimOf(1), publisher));
    expect(snapshot(join(home, 'chain'))).toEqual(before);
  });

  test('keeps the state before', async () => {
    const before = readFileSync(state(), 'utf8');
    await using(home, (chain) => chain.register(claimOf(2), publisher));
    expect(readFileSync(previous(), 'utf8')).toBe(before);
    expect(readdirSync(join(home, 'chain')).sort()).toEqual(['state.json', 'state.previous.json']);
  });

  test('gives money to new keys, and what it says then can be proven', async () => {
    const newcomer = testSigner('newcomer');
    await using(
      home,
      async (chain) => {
        expect((await chain.prove(claimOf(1).ref)).nodes.length).toBeGreaterThan(4);
        const approvers = [{ key: approver.address, role: 'r' }];
        await chain.claim({ namespace: 'new', guardian: newcomer.address, approvers, threshold: 1 }, newcomer);
      },
      { fund: [newcomer.address] },
    );
  });

  test('never lets block times fall, though the clock was put back', async () => {
    const time = (chain: Chain) => chain.prove(claimOf(1).ref).then(({ timestamp }) => timestamp);
    const before = await using(home, time, READER);
    const realNow = Date.now;
    Date.now = () => realNow() - 1_000_000_000;
    try {
      await using(home, (chain) => chain.register(claimOf(2), publisher));
    } finally {
      Date.now = realNow;
    }
    expect(await using(home, time, READER)).toBeGreaterThanOrEqual(before);
  });
});

describe('a damaged state', () => {
  test.each([
    ['torn', () => writeFileSync(state(), readFileSync(state()).subarray(0, 5000))],
    ['empty', () => writeFileSync(state(), '')],
    ['gone', () => rmSync(state())],
    ['with a flipped bit', () => flip(state())],
    ['with bytes behind it', () => writeFileSync(state(), `${readFileSync(state(), 'utf8')} `)],
    ['of another kind', () => writeFileSync(state(), '{}')],
  ])('that is %s is restored by the next writer, without loss', async (_, damage) => {
    const numberBefore = await using(home, async (chain) => (await chain.prove(claimOf(1).ref)).number, READER);
    damage();
    const record = await using(home, async (chain) => {
      expect((await chain.prove(claimOf(1).ref)).number).toBeGreaterThan(numberBefore);
      return chain.release(claimOf(1).ref);
    });
    expect(record).toMatchObject({ versionCode: 1, status: 'pending' });
    await using(home, async (chain) => expect(await chain.release(claimOf(1).ref)).toEqual(record), READER);
    await using(home, (chain) => chain.register(claimOf(2), publisher));
  });

  test('is restored again and again', async () => {
    for (let code = 2; code < 5; code += 1) {
      await using(home, (chain) => chain.register(claimOf(code), publisher));
      flip(state());
    }
    await using(home, async (chain) => {
      for (let code = 1; code < 5; code += 1)
        expect(await chain.release(claimOf(code).ref)).toMatchObject({ versionCode: code });
    });
  });

  test('is restored to the last write, also when that was asked for again', async () => {
    await using(home, async (chain) => {
      await chain.register(claimOf(2), publisher);
      expect(await chain.register(claimOf(2), publisher)).toMatchObject({ transaction: undefined });
    });
    flip(state());
    await using(home, async (chain) => expect(await chain.release(claimOf(2).ref)).toMatchObject({ versionCode: 2 }));
  });

  test('with the one before damaged too is UNVERIFIABLE, and nothing is changed', async () => {
    flip(state());
    flip(previous());
    const before = snapshot(home);
    const error = { ...UNVERIFIABLE, message: expect.stringContaining(state()) };
    await expect(using(home, async () => {})).rejects.toMatchObject(error);
    await expect(using(home, async () => {}, READER)).rejects.toMatchObject(error);
    expect(snapshot(home)).toEqual(before);
  });

  test('of which only the one before is damaged does no harm', async () => {
    flip(previous());
    await using(home, (chain) => chain.register(claimOf(2), publisher));
    await using(home, async (chain) => expect(await chain.release(claimOf(2).ref)).toBeDefined(), READER);
  });

  test('whose folder is gone is no new chain', async () => {
    rmSync(join(home, 'chain'), { recursive: true });
    await expect(using(home, async () => {})).rejects.toMatchObject(UNVERIFIABLE);
    expect(existsSync(join(home, 'chain'))).toBe(false);
  });
});

function flip(path: string): void {
  const bytes = readFileSync(path);
  bytes[2000]! ^= 1;
  writeFileSync(path, bytes);
}
