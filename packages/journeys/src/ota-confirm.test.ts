import { beforeEach, describe, expect, it } from 'vitest';
import { rollBack } from './ota-rollback.js';
import { slotsStatus } from './ota-status.js';
import { MODEL } from './testing/house.js';
import { refOf, type SlottedDevice, slottedDevice } from './testing/slotted-device.js';

let device: SlottedDevice;
beforeEach(async () => {
  device = await slottedDevice();
});

async function onTrial(version: number): Promise<void> {
  await device.publish(version);
  await device.install(await device.pack(version));
}

describe('confirmSlot', () => {
  it('confirms what is on trial, and the memory rises after the slot', async () => {
    await onTrial(1);
    device.slots.powerFor = device.slots.changes.length;
    await expect(device.confirm()).rejects.toThrow('power');
    expect(device.memory.models.size).toBe(0);
    device.slots.powerFor = Number.POSITIVE_INFINITY;
    expect(await device.confirm()).toMatchObject({ slot: 'a', holds: { release: refOf(1).name }, notes: [] });
    expect(device.memory.models.get(MODEL)).toEqual({ versionCode: 1, minAllowed: 0 });
    expect(device.state).toMatchObject({ floor: 1, triesLeft: 0, slots: { a: { state: 'confirmed' } } });
  });

  it('a run that was broken off before the memory rose is completed by another', async () => {
    await onTrial(1);
    const write = device.document.write.bind(device.document);
    let writes = 0;
    device.document.write = async (bytes) => {
      writes += 1;
      if (writes === 2) throw new Error('the power is gone');
      return write(bytes);
    };
    await expect(device.confirm()).rejects.toThrow('power');
    expect(device.state.floor).toBe(1);
    expect((await device.boot()).accepted).toBe(true);
    await device.confirm();
    expect(device.memory.models.get(MODEL)?.versionCode).toBe(1);
  });

  it('USAGE: nothing installed, nothing on trial, a trial that has failed', async () => {
    await expect(device.confirm()).rejects.toMatchObject({ code: 'USAGE' });
    await device.run(1);
    await expect(device.confirm()).rejects.toMatchObject({ code: 'USAGE' });
    await onTrial(2);
    await rollBack(device.slots);
    await expect(device.confirm()).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('UNVERIFIABLE: a memory that is damaged, or missing beside a confirmed slot; nothing is confirmed', async () => {
    await device.run(1);
    await onTrial(2);
    for (const bytes of [Buffer.from('{}'), undefined]) {
      device.document.bytes = bytes;
      await expect(device.confirm()).rejects.toMatchObject({ code: 'UNVERIFIABLE' });
    }
    expect(device.state).toMatchObject({ floor: 1, triesLeft: 3 });
  });

  it('IO: no memory and no place for one; nothing is confirmed. A read-only one is obeyed and left', async () => {
    await onTrial(1);
    device.isReadOnly = true;
    await expect(device.confirm()).rejects.toMatchObject({ code: 'IO' });
    expect(device.state.floor).toBe(0);
    device.isReadOnly = false;
    await device.boot();
    device.isReadOnly = true;
    expect((await device.confirm()).notes).toEqual([expect.stringContaining('read-only')]);
    expect(device.state.floor).toBe(1);
  });
});

describe('rollBack', () => {
  it('goes from a trial to the confirmed slot', async () => {
    await device.run(1);
    await onTrial(2);
    expect(await rollBack(device.slots)).toMatchObject({ slot: 'a', holds: { release: refOf(1).name } });
    expect(await slotsStatus(device.slots)).toMatchObject({
      other: { state: 'failed' },
      reason: 'rolled back by hand',
    });
    expect(await device.boot()).toMatchObject({ accepted: true, slot: 'a' });
  });

  it('USAGE with nothing to go to, ROLLBACK below the confirmed floor; nothing changes', async () => {
    await expect(rollBack(device.slots)).rejects.toMatchObject({ code: 'USAGE' });
    await device.run(1);
    await expect(rollBack(device.slots)).rejects.toMatchObject({ code: 'USAGE' });
    await device.run(2);
    const { state } = device;
    await expect(rollBack(device.slots)).rejects.toMatchObject({ code: 'ROLLBACK' });
    expect(device.state).toEqual(state);
  });
});

describe('slotsStatus', () => {
  it('says what both slots hold', async () => {
    const empty = { release: null, releaseDigest: null, state: 'empty' };
    expect(await slotsStatus(device.slots)).toEqual({
      active: { slot: 'a', ...empty },
      other: { slot: 'b', ...empty },
      triesLeft: 0,
      reason: null,
    });
    await device.run(1);
    await onTrial(2);
    const { releaseDigest } = (await device.seal(2)).bundle;
    expect(await slotsStatus(device.slots)).toMatchObject({
      active: { slot: 'b', release: refOf(2).name, releaseDigest, state: 'trial' },
      other: { slot: 'a', release: refOf(1).name, state: 'confirmed' },
      triesLeft: 3,
    });
  });

  it('UNVERIFIABLE: a damaged state', async () => {
    device.slots.state = Buffer.from('{}');
    await expect(slotsStatus(device.slots)).rejects.toMatchObject({ code: 'UNVERIFIABLE' });
  });
});
