import type { Version } from '@weighbridge/core/brands';
import { releaseRef } from '@weighbridge/core/names';
import { learnRevoked } from '@weighbridge/verify/device-state';
import { beforeEach, describe, expect, it } from 'vitest';
import { revoke } from './revoke.js';
import { type Device, deviceOf } from './testing/device.js';
import { approvedHouse, guardian, type House, MODEL, REF, registeredHouse, stranger } from './testing/house.js';
import type { VerifyDoors, VerifyOrder } from './verify-at-boot.js';

let house: House;
let device: Device;

beforeEach(async () => {
  house = await approvedHouse();
  device = await deviceOf(house);
});

/** That the verdict is a refusal with this code, and that nothing was remembered. */
async function refused(code: string, order: Partial<VerifyOrder> = {}, doors: Partial<VerifyDoors> = {}) {
  const { writes } = device.document;
  const verdict = await device.verify(order, doors);
  if (verdict.accepted) throw new Error('accepted');
  expect(verdict.refusal).toMatchObject({ code, hint: expect.stringMatching(/./) });
  expect(device.document.writes).toBe(writes);
  return verdict;
}

describe('an accepted release', () => {
  it('is counted, and remembered', async () => {
    const verdict = await device.verify({ wanted: REF });
    expect(verdict).toMatchObject({ accepted: true, files: 2, bytes: 9, claim: { ref: REF, status: 'approved' } });
    expect(device.engine.asked).toEqual(['tree', 'tree']);
    expect(device.state.models.get(MODEL)).toEqual({ versionCode: 1, minAllowed: 0 });
    expect(device.state.releases.get(device.bundle.releaseDigest)).toMatchObject({
      number: device.bundle.checkpoint.number,
    });
  });

  it('has all digests checked when asked', async () => {
    expect((await device.verify({ allDigests: true })).accepted).toBe(true);
    expect(device.engine.asked).toEqual(['all', 'all']);
  });

  it('is accepted without a device state too', async () => {
    expect((await device.verify({}, { deviceState: undefined })).accepted).toBe(true);
    expect(device.document.writes).toBe(0);
  });

  it('of a development chain says so', async () => {
    const { notes } = await device.verify();
    expect(notes).toContainEqual(expect.stringContaining('development chain'));
  });

  it('with a clock that is behind says so', async () => {
    const verdict = await device.verify({}, { hostSeconds: 0 });
    expect(verdict).toMatchObject({ accepted: true, claim: { clock: 'unset' } });
    expect(verdict.notes).toContainEqual(expect.stringContaining('clock'));
  });
});

describe('what lies beside the release', () => {
  it('.weighbridge/ is passed over, and it is said', async () => {
    device.folder.put('.weighbridge/manifest.json', 'anything');
    const verdict = await device.verify();
    expect(verdict.accepted).toBe(true);
    expect(verdict.notes).toContainEqual(expect.stringContaining('.weighbridge/'));
  });

  it('.git/ and .gitattributes are passed over in a checkout alone', async () => {
    device.folder.put('.git/HEAD', 'ref');
    device.folder.put('.gitattributes', '* -text');
    const { refusal } = await refused('TAMPERED');
    expect(refusal.hint).toContain('--git-checkout');
    const { accepted, notes } = await device.verify({ gitCheckout: true });
    expect([accepted, notes.filter((note) => note.includes('.git')).length]).toEqual([true, 2]);
  });
});

describe('a refusal by the claim', () => {
  it('comes before any byte is read, with what was proven and the notes', async () => {
    device.folder.put('.weighbridge/x', '');
    const { claim, notes } = await refused('WRONG_ARTIFACT', { wanted: releaseRef(MODEL, '2.0.0' as Version) });
    expect(device.engine.asked).toEqual([]);
    expect(claim).toMatchObject({ ref: REF });
    expect(notes).toHaveLength(2);
  });

  it('another witness is UNTRUSTED', async () => {
    await refused('UNTRUSTED', {}, { trust: { ...device.trust, witnesses: [stranger.address] } });
  });

  it('a folder of another release is WRONG_ARTIFACT, an emptied one is TAMPERED', async () => {
    for (const path of ['config.json', 'weights/model.bin']) device.folder.remove(path);
    await refused('TAMPERED');
    device.folder.put('other.bin', 'other');
    await refused('WRONG_ARTIFACT');
  });

  it('a pending release is NOT_APPROVED', async () => {
    device = await deviceOf(await registeredHouse());
    await refused('NOT_APPROVED');
  });

  it('an old proof is STALE', () => refused('STALE', {}, { hostSeconds: device.nowSeconds + 3601 }));

  it('below what was accepted is ROLLBACK', async () => {
    device.state = { ...device.state, models: new Map([[MODEL, { versionCode: 2, minAllowed: 0 }]]) };
    await refused('ROLLBACK');
  });

  it('a damaged state is UNVERIFIABLE', async () => {
    device.document.bytes = Buffer.from('{}');
    await refused('UNVERIFIABLE');
  });
});

describe('a revoked release', () => {
  beforeEach(async () => {
    await revoke(house.chain, REF, 'security', 'why', guardian);
    device = await deviceOf(house);
  });

  it('is REVOKED, and that alone is remembered', async () => {
    expect(await device.verify()).toMatchObject({ accepted: false, refusal: { code: 'REVOKED' } });
    const [chain] = device.state.chains.values();
    expect(chain).toEqual({ floor: 0, revoked: [device.bundle.releaseDigest] });
    expect([device.state.models.size, device.state.releases.size]).toEqual([0, 0]);
  });

  it('is REVOKED where nothing can be remembered, and it is said', async () => {
    device.isReadOnly = true;
    const verdict = await device.verify();
    expect(verdict).toMatchObject({ accepted: false, refusal: { code: 'REVOKED' } });
    expect(verdict.notes).toContainEqual(expect.stringContaining('not kept'));
  });

  it('is REVOKED with a damaged state, which stays as it is', async () => {
    device.document.bytes = Buffer.from('{}');
    await refused('REVOKED');
  });
});

describe('a refusal by the files', () => {
  it.each<[string, (device: Device) => void, object]>([
    ['an extra file', ({ folder }) => folder.put('extra', ''), { file: 'extra' }],
    ['a missing file', ({ folder }) => folder.remove('config.json'), { file: 'config.json' }],
    [
      'another size',
      ({ folder }) => folder.put('config.json', '{ }'),
      { file: 'config.json', expected: '2', found: '3' },
    ],
    ['a symlink', ({ folder }) => folder.putOther('config.json', 'symlink'), { file: 'config.json', found: 'symlink' }],
  ])('%s is TAMPERED, before any byte is read', async (_, damage, details) => {
    damage(device);
    const { refusal } = await refused('TAMPERED');
    expect(refusal.details).toMatchObject({ release: REF.name, ...details });
    expect(device.engine.asked).toEqual([]);
  });

  it('other bytes are TAMPERED, with file and chunk, and nothing is remembered', async () => {
    device.folder.put('weights/model.bin', 'Weights');
    const { refusal } = await refused('TAMPERED');
    expect(refusal.details).toMatchObject({ file: 'weights/model.bin', chunk: 0 });
  });

  it('lists every file that differs', async () => {
    device.folder.put('weights/model.bin', 'Weights');
    device.folder.put('config.json', '[]');
    const { refusal } = await refused('TAMPERED');
    expect(refusal.details?.findings).toHaveLength(2);
  });
});

describe('what happens meanwhile', () => {
  it('a floor that another process raised counts', async () => {
    device.beforeAlone = () => {
      device.state = { ...device.state, models: new Map([[MODEL, { versionCode: 2, minAllowed: 0 }]]) };
    };
    await refused('ROLLBACK');
    expect(device.state.models.get(MODEL)).toMatchObject({ versionCode: 2 });
  });

  it('a revocation that another process saw counts', async () => {
    const verdict = await device.verify();
    if (!verdict.accepted) throw new Error('refused');
    device.beforeAlone = () => {
      device.state = learnRevoked(device.state, verdict.claim);
    };
    await refused('REVOKED');
  });

  it('an aborted signal ends it and remembers nothing', async () => {
    house.abort.abort(new Error('ended'));
    await expect(device.verify()).rejects.toThrow('ended');
    expect(device.document.writes).toBe(0);
  });
});
