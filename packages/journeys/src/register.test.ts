import type { Address } from '@weighbridge/core/brands';
import { sha3Digest } from '@weighbridge/core/sha3';
import { parseManifest } from '@weighbridge/manifest/parse-manifest';
import { beforeEach, describe, expect, it } from 'vitest';
import { attestRelease, prepareRelease, type RegisterOrder } from './register.js';
import { revoke } from './revoke.js';
import { claimedHouse, guardian, House, MODEL, orderOf, publisher, REF, stranger } from './testing/house.js';

let house: House;
let before: House['written'];

beforeEach(async () => {
  house = await claimedHouse();
  before = house.written;
});

function prepare(order: RegisterOrder = orderOf(), key: Address | undefined = publisher.address) {
  return prepareRelease(house.doors, order, key);
}

describe('prepareRelease', () => {
  it('says what would be registered and writes nothing', async () => {
    const prepared = await prepare();
    expect(prepared).toMatchObject({
      ref: REF,
      isRegistered: false,
      manifest: { versionCode: 1, license: { declared: 'MIT' } },
    });
    expect(prepared.manifest.files.map(({ path }) => path)).toEqual(['config.json', 'weights/model.bin']);
    expect(prepared.releaseDigest).toBe(sha3Digest(prepared.canonical));
    expect(house.written).toEqual(before);
  });

  it('needs no chain, and no claimed namespace', async () => {
    const alone = await prepareRelease({ ...house.doors, chain: undefined }, orderOf(), undefined);
    const unclaimed = await prepareRelease(new House().doors, orderOf(), undefined);
    expect(unclaimed.releaseDigest).toBe(alone.releaseDigest);
  });

  it('gives a new version the next code, an existing one its own', async () => {
    await house.register('1.0.0', { versionCode: 7 });
    house.folder.put('config.json', '{"a":1}');
    expect((await prepare(orderOf('1.1.0'))).manifest.versionCode).toBe(8);
    house.folder.put('config.json', '{}');
    expect(await prepare()).toMatchObject({ isRegistered: true, manifest: { versionCode: 7 } });
  });

  it('takes a code that is higher by 2^32', async () => {
    expect((await prepare(orderOf('1.0.0', { versionCode: 2 ** 32 }))).manifest.versionCode).toBe(2 ** 32);
  });

  const refused = async (order: RegisterOrder, code: string, key?: Address) => {
    const state = house.written;
    const asked = house.engine.asked.length;
    await expect(prepare(order, key)).rejects.toMatchObject({ code, hint: expect.stringMatching(/./) });
    expect(house.written).toEqual(state);
    return house.engine.asked.length - asked;
  };

  it('a version code that does not rise is ROLLBACK, before any byte is read', async () => {
    await house.register('1.0.0', { versionCode: 7 });
    expect(await refused(orderOf('1.1.0', { versionCode: 7 }), 'ROLLBACK')).toBe(0);
  });

  it('a version code that jumps too far is USAGE, before any byte is read', async () => {
    expect(await refused(orderOf('1.0.0', { versionCode: 2 ** 32 + 1 }), 'USAGE')).toBe(0);
  });

  it("another key than the publisher's is UNTRUSTED, before any byte is read", async () => {
    expect(await refused(orderOf(), 'UNTRUSTED', stranger.address)).toBe(0);
  });

  it('no key at all is UNTRUSTED where the namespace is claimed', async () => {
    await expect(prepareRelease(house.doors, orderOf(), undefined)).rejects.toMatchObject({ code: 'UNTRUSTED' });
  });

  it('a revoked release is REVOKED, before any byte is read', async () => {
    await house.register();
    await revoke(house.chain, REF, 'other', 'why', guardian);
    expect(await refused(orderOf(), 'REVOKED')).toBe(0);
  });

  it('an unreachable chain is UNVERIFIABLE', async () => {
    house.chain.unreachable = true;
    await refused(orderOf(), 'UNVERIFIABLE');
  });

  it('an unsafe folder is MALFORMED, before the chain is asked', async () => {
    house.chain.unreachable = true;
    house.folder.put('a:b', '');
    await refused(orderOf(), 'MALFORMED');
  });

  describe('of a registered version', () => {
    let registered: string;

    beforeEach(async () => {
      await house.register();
      registered = (await house.chain.release(REF))!.digest;
    });

    it('other bytes are TAMPERED, with both digests and the file', async () => {
      house.folder.put('weights/model.bin', 'Weights');
      const details = {
        expected: registered,
        found: expect.stringMatching(/^[0-9a-f]{128}$/),
        file: 'weights/model.bin',
      };
      await expect(prepare()).rejects.toMatchObject({ code: 'TAMPERED', details });
    });

    it('other facts are USAGE, with the first member that differs', async () => {
      const changed = { code: 'USAGE', details: { member: 'license.declared', expected: registered } };
      await expect(prepare(orderOf('1.0.0', { license: 'Apache-2.0' }))).rejects.toMatchObject(changed);
      const otherCode = { code: 'USAGE', details: { member: 'versionCode' } };
      await expect(prepare(orderOf('1.0.0', { versionCode: 2 }))).rejects.toMatchObject(otherCode);
    });

    it('without the registered manifest nobody can say that the bytes are the same: TAMPERED', async () => {
      house.releases.manifests.clear();
      await expect(prepare(orderOf('1.0.0', { license: 'Apache-2.0' }))).rejects.toMatchObject({ code: 'TAMPERED' });
    });
  });
});

describe('attestRelease', () => {
  it('keeps manifest and leaves, and attests the digest', async () => {
    const prepared = await prepare();
    expect(await attestRelease(house.doors, prepared, publisher)).toEqual({ created: true, final: true, receipts: [] });
    const record = await house.chain.release(REF);
    expect(record).toMatchObject({ digest: prepared.releaseDigest, versionCode: 1, status: 'pending' });
    expect(parseManifest((await house.releases.getManifest(record!.digest))!)).toEqual(prepared.manifest);
    for (const { tree, size } of prepared.manifest.files)
      expect(await house.releases.getLeaves(tree, size)).toBeDefined();
  });

  it('again changes nothing on chain, but keeps what was lost here', async () => {
    await house.register();
    house.releases.manifests.clear();
    const { sent } = house.written;
    expect(await attestRelease(house.doors, await prepare(), publisher)).toEqual({
      created: false,
      final: true,
      receipts: [],
    });
    expect(house.written).toMatchObject({ sent, manifests: 1 });
  });

  it('attests nothing that it could not keep', async () => {
    const prepared = await prepare();
    house.releases.isReadOnly = true;
    await expect(attestRelease(house.doors, prepared, publisher)).rejects.toMatchObject({ code: 'IO' });
    expect(await house.chain.release(REF)).toBeUndefined();
  });

  it('two models count their version codes apart', async () => {
    await house.register('1.0.0', { versionCode: 5 });
    const other = await prepare(orderOf('1.0.0', { model: `${MODEL}-2` as typeof MODEL }));
    expect(other.manifest.versionCode).toBe(1);
  });
});
