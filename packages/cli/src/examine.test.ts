import { readdirSync, writeFileSync } from 'node:fs';
import { emptyDeviceState } from '@weighbridge/verify/device-state';
import { canonicalDeviceState } from '@weighbridge/verify/device-state-file';
import { makeWorld } from '@weighbridge/verify/testing/world';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { examine } from './examine.js';
import { FakeContext } from './testing/fake-context.js';

let context: FakeContext;

beforeEach(() => {
  context = new FakeContext();
});

afterEach(() => context.dispose());

async function part(name: string) {
  return (await examine(context)).find((each) => each.name === name);
}

describe('examine', () => {
  it('names every part of an empty home, each absent one with its next step, and makes nothing', async () => {
    const parts = await examine(context);
    expect(parts.map(({ name, state }) => [name, state])).toEqual([
      ['home', 'ok'],
      ['keys', 'absent'],
      ['chain', 'absent'],
      ['trust', 'absent'],
      ['device state', 'absent'],
      ['releases', 'ok'],
      ['git-lfs', 'absent'],
      ['ipfs', 'absent'],
      ['index', 'absent'],
      ['node', 'ok'],
    ]);
    for (const { name, state, hint } of parts)
      expect(hint !== '', name).toBe(state === 'absent' && name !== 'device state' && name !== 'index');
    expect(readdirSync(context.home.root)).toEqual([]);
  });

  it('says what is there', async () => {
    await context.keys.create('alice');
    writeFileSync(context.home.trust, makeWorld().trustBytes);
    writeFileSync(context.home.deviceState, canonicalDeviceState(emptyDeviceState()));
    expect(await part('keys')).toMatchObject({ state: 'ok', where: expect.stringContaining('alice') });
    expect(await part('trust')).toMatchObject({ state: 'ok', where: expect.stringContaining('witnesses elsewhere') });
    expect(await part('device state')).toMatchObject({ state: 'ok' });
  });

  it('what is damaged is a finding with a hint, not the end of the examination', async () => {
    writeFileSync(context.home.trust, '{}');
    writeFileSync(context.home.deviceState, '{}');
    expect(await part('trust')).toMatchObject({ state: 'damaged', hint: expect.stringMatching(/./) });
    expect(await part('device state')).toMatchObject({ state: 'damaged', hint: expect.stringMatching(/./) });
    expect(await examine(context)).toHaveLength(10);
  });

  it('an index of another state of the chain is stale, a damaged one is damaged', async () => {
    const { openSqlIndex } = await import('@weighbridge/index-sql/sql-index');
    const index = await openSqlIndex({ path: context.home.index });
    await index.rebuild([], 'another');
    await index.close();
    expect(await part('index')).toMatchObject({ state: 'stale', hint: expect.stringContaining('index rebuild') });
    writeFileSync(context.home.index, 'no database at all, but long enough to be looked at');
    expect(await part('index')).toMatchObject({ state: 'damaged', hint: expect.stringMatching(/./) });
  });

  it('what cannot be used is a finding too', async () => {
    const keys = context.keys;
    await keys.create('alice');
    keys.damage('alice');
    expect(await part('keys')).toMatchObject({ state: 'damaged' });
  });
});
