import { emptyDeviceState } from '@weighbridge/verify/device-state';
import { parseDeviceState } from '@weighbridge/verify/device-state-file';
import { type ClaimDecision, decideClaim } from '@weighbridge/verify/verdict';
import { beforeEach, describe, expect, it } from 'vitest';
import { keepAccepted, keepRevoked, type KnownState, readDeviceState } from './keep-device-state.js';
import { type Device, deviceOf } from './testing/device.js';
import { approvedHouse } from './testing/house.js';

let device: Device;

beforeEach(async () => {
  device = await deviceOf(await approvedHouse());
});

function decide(deviceState: KnownState): ClaimDecision {
  return decideClaim({ trust: device.trust, bundle: device.bundle, deviceState, hostSeconds: device.nowSeconds });
}

function accepted() {
  const decision = decide('unused');
  if (!decision.accepted) throw new Error('refused');
  return decision.claim;
}

describe('readDeviceState', () => {
  it('is not asked where there is no door', async () => expect(await readDeviceState(undefined)).toBe('unused'));

  it('nothing there is a new device', async () => {
    expect(await readDeviceState(device.door)).toEqual(emptyDeviceState());
  });

  it.each([
    ['no state', Buffer.from('{}')],
    ['nothing at all', Buffer.alloc(0)],
    ['too much', Buffer.alloc(64 * 1024 * 1024, ' ')],
  ])('%s is damaged', async (_, bytes) => {
    device.document.bytes = bytes;
    expect(await readDeviceState(device.door)).toBe('damaged');
  });

  it('what cannot be read is no damage but IO', async () => {
    device.document.isUnreadable = true;
    await expect(readDeviceState(device.door)).rejects.toMatchObject({ code: 'IO' });
  });
});

describe('keepAccepted', () => {
  const keep = () => keepAccepted(device.door, decide, { hostSeconds: device.nowSeconds });

  it('remembers the host clock as a floor', async () => {
    expect(await keep()).toEqual({ notes: [] });
    expect([...device.state.chains.values()]).toEqual([{ floor: device.nowSeconds, revoked: [] }]);
  });

  it('obeys a read-only default place, and says so', async () => {
    device.isReadOnly = true;
    expect(await keep()).toEqual({ notes: [expect.stringContaining('read-only')] });
    device.isReadOnly = false;
    device.document.isReadOnly = true;
    expect(await keep()).toEqual({ notes: [expect.stringContaining('read-only')] });
  });

  it('a place that was named must be writable: IO', async () => {
    device.isReadOnly = true;
    const kept = keepAccepted({ ...device.door, mayBeReadOnly: false }, decide, { hostSeconds: device.nowSeconds });
    await expect(kept).rejects.toMatchObject({ code: 'IO', hint: expect.stringMatching(/./) });
  });

  it('a state that was damaged meanwhile is UNVERIFIABLE', async () => {
    device.document.bytes = Buffer.from('{}');
    expect(await keep()).toMatchObject({ refusal: { code: 'UNVERIFIABLE' } });
    expect(device.document.writes).toBe(0);
  });

  it('never learns from a state that it does not know, whatever was decided', async () => {
    device.document.bytes = Buffer.from('{}');
    await expect(keepAccepted(device.door, () => decide('unused'), { hostSeconds: device.nowSeconds })).rejects.toThrow(
      'damaged',
    );
    expect(device.document.writes).toBe(0);
  });
});

describe('keepRevoked', () => {
  it('adds to what was known', async () => {
    await keepAccepted(device.door, decide, { hostSeconds: device.nowSeconds });
    const before = device.state;
    expect(await keepRevoked(device.door, accepted())).toEqual([]);
    expect(device.state).toMatchObject({ models: before.models, releases: before.releases });
    const { floor, revoked } = [...parseDeviceState(device.document.bytes!).chains.values()][0]!;
    expect([floor, revoked]).toEqual([device.nowSeconds, [device.bundle.releaseDigest]]);
  });

  it('says where it could not be kept', async () => {
    device.document.isReadOnly = true;
    expect(await keepRevoked(device.door, accepted())).toEqual([expect.stringContaining(device.document.location)]);
  });

  it('has nothing to keep without a door or a claim', async () => {
    expect(await keepRevoked(undefined, accepted())).toEqual([]);
    expect(await keepRevoked(device.door, undefined)).toEqual([]);
    expect(device.document.writes).toBe(0);
  });
});
