import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  addressOrNewKey,
  namesByAddress,
  requireKey,
  requireKeyName,
  requireKeyWord,
  signerOf,
  withNames,
} from './key-names.js';
import { FakeContext } from './testing/fake-context.js';
import { outsider } from './testing/house.js';

let context: FakeContext;
let alice: string;

const usage = (message = /./) =>
  expect.objectContaining({ code: 'USAGE', message: expect.stringMatching(message), hint: expect.stringMatching(/./) });

beforeEach(async () => {
  context = new FakeContext();
  alice = (await context.keys.create('alice')).address;
});

afterEach(() => context.dispose());

describe('requireKey, signerOf', () => {
  it('find a key by name and by address', async () => {
    for (const word of ['alice', alice]) {
      expect(await requireKey(context, word)).toEqual({ name: 'alice', address: alice });
      expect((await signerOf(context, word)).address).toBe(alice);
    }
  });

  it('an unknown one is USAGE, and is not made', async () => {
    await expect(signerOf(context, 'bob')).rejects.toEqual(usage(/bob/));
    await expect(requireKey(context, outsider.address)).rejects.toEqual(usage());
    expect(await context.keys.list()).toHaveLength(1);
  });
});

describe('requireKeyName', () => {
  it.each(['a', 'alice', 'a.b-c_d'])('%s is a name', (name) =>
    expect(() => requireKeyName(name, '--as')).not.toThrow(),
  );

  it.each(['', 'Alice', 'a b', '../a', '-a', 'f'.repeat(40), `0x${'f'.repeat(40)}`, outsider.address])(
    '%j is none: USAGE',
    (name) => {
      expect(() => requireKeyName(name, '--as')).toThrow(usage(/^--as/));
    },
  );
});

describe('requireKeyWord', () => {
  it('takes names and addresses', () => {
    expect(() => requireKeyWord('alice', '--guardian')).not.toThrow();
    expect(() => requireKeyWord(outsider.address, '--guardian')).not.toThrow();
  });

  it.each([outsider.address.toLowerCase(), `0x${'0'.repeat(40)}`, '0X12', ''])('%j is USAGE', (word) => {
    expect(() => requireKeyWord(word, '--guardian')).toThrow(usage(/^--guardian/));
  });
});

describe('addressOrNewKey', () => {
  it('takes an address as it is, a known name by its key, and makes an unknown one', async () => {
    expect(await addressOrNewKey(context, outsider.address)).toBe(outsider.address);
    expect(await addressOrNewKey(context, 'alice')).toBe(alice);
    expect(await context.keys.list()).toHaveLength(1);
    const bob = await addressOrNewKey(context, 'bob');
    expect(await context.keys.list()).toContainEqual({ name: 'bob', address: bob });
  });
});

describe('withNames', () => {
  it('adds the names of the keys that are here', async () => {
    const entries = [
      { key: alice, role: 'legal' },
      { key: outsider.address, role: 'security' },
    ];
    expect(withNames(await namesByAddress(context), entries)).toEqual([
      { key: alice, role: 'legal', name: 'alice' },
      entries[1],
    ]);
  });
});
