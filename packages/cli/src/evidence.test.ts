import { readdirSync } from 'node:fs';
import { FakeReleaseFolder } from '@weighbridge/ports/testing/fake-release-folder';
import { makeWorld } from '@weighbridge/verify/testing/world';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EvidenceOrder, findEvidence } from './evidence.js';
import { FakeContext } from './testing/fake-context.js';

const world = makeWorld();
const other = makeWorld({ version: '2.0.0' });

let context: FakeContext;

beforeEach(() => {
  context = new FakeContext();
});

afterEach(() => context.dispose());

function find(beside: Uint8Array | undefined, order: Partial<EvidenceOrder> = {}) {
  const folder = new FakeReleaseFolder(beside === undefined ? {} : { '.weighbridge/bundle.json': beside });
  return findEvidence(context, folder, { wanted: undefined, bundle: undefined, offline: false, ...order });
}

describe('findEvidence', () => {
  it('is the bundle that was named, whatever lies beside and whatever is wanted', async () => {
    const { bundle, online } = await find(other.bundleBytes, { bundle: world.bundleBytes, wanted: other.ref });
    expect([bundle.ref, online]).toEqual([world.ref, false]);
  });

  it('is else the bundle in the folder', async () => {
    const { bundle, online } = await find(world.bundleBytes);
    expect([bundle.ref, online]).toEqual([world.ref, false]);
  });

  it('is offline the bundle in the folder for a wanted release too', async () => {
    expect(await find(world.bundleBytes, { wanted: world.ref, offline: true })).toMatchObject({ online: false });
  });

  it.each<[string, Partial<EvidenceOrder>]>([
    ['nothing at all', {}],
    ['nothing offline', { wanted: world.ref, offline: true }],
    ['a wanted release, but no chain', { wanted: world.ref }],
  ])('%s is UNVERIFIABLE, and makes nothing', async (_, order) => {
    await expect(find(undefined, order)).rejects.toMatchObject({
      code: 'UNVERIFIABLE',
      hint: expect.stringMatching(/./),
    });
    expect(readdirSync(context.home.root)).toEqual([]);
    expect(await context.keys.list()).toEqual([]);
  });

  it('a wanted release asks the chain, not the bundle in the folder', async () => {
    await expect(find(world.bundleBytes, { wanted: world.ref })).rejects.toMatchObject({ code: 'UNVERIFIABLE' });
  });

  it('a bundle that cannot be parsed is MALFORMED', async () => {
    await expect(find(Buffer.from('{}'))).rejects.toMatchObject({ code: 'MALFORMED' });
    await expect(find(world.bundleBytes, { bundle: Buffer.from('{}') })).rejects.toMatchObject({ code: 'MALFORMED' });
  });
});
