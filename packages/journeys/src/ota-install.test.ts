import type { ModelName } from '@weighbridge/core/brands';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { learnConfirmed } from '@weighbridge/verify/device-state';
import { beforeEach, describe, expect, it } from 'vitest';
import { revoke } from './revoke.js';
import { guardian, MODEL, stranger } from './testing/house.js';
import { filesOf, refOf, type SlottedDevice, slottedDevice } from './testing/slotted-device.js';

let device: SlottedDevice;
beforeEach(async () => {
  device = await slottedDevice();
});

/** That a package is refused with this code before anything is changed, and what it names. */
async function refused(code: string, pack: Awaited<ReturnType<SlottedDevice['pack']>>, more: object = {}) {
  const before = [...device.slots.changes];
  await expect(device.install(pack, 3, more)).rejects.toMatchObject({ code, hint: expect.stringMatching(/./) });
  expect(device.slots.changes).toEqual(before);
  expect(pack.asked).not.toContain('write');
}

describe('a first install', () => {
  it('is on trial in slot a, with everything that a boot without a network needs', async () => {
    await device.publish(1);
    const installed = await device.install(await device.pack(1), 5);
    expect(installed).toMatchObject({ changed: true, slot: 'a', triesLeft: 5, holds: { release: refOf(1).name } });
    expect(device.state).toMatchObject({ active: 'a', model: MODEL, floor: 0 });
    const paths = device.slots.folders.a!.paths.filter((path) => path.startsWith('.weighbridge/'));
    expect(paths.map((path) => path.replace(/[0-9a-f]{128}/, 'TREE')).sort()).toEqual([
      '.weighbridge/bundle.json',
      '.weighbridge/leaves/TREE',
      '.weighbridge/leaves/TREE',
      '.weighbridge/manifest.json',
    ]);
    expect([device.slots.journal, device.document.bytes]).toEqual([undefined, undefined]);
    expect((await device.boot()).accepted).toBe(true);
  });

  it('takes no delta: WRONG_ARTIFACT', async () => {
    await device.publish(1);
    await device.publish(2);
    await refused('WRONG_ARTIFACT', await device.pack(2, 1));
  });
});

describe('an update', () => {
  beforeEach(() => device.run(1));

  it.each([
    ['a delta from the active slot', 1, ['base', 'check', 'write', 'base closed']],
    ['a full package', undefined, ['check', 'write']],
  ])('is %s into the other one', async (_, from, steps) => {
    await device.publish(2);
    const pack = await device.pack(2, from);
    expect(await device.install(pack)).toMatchObject({ slot: 'b', triesLeft: 3 });
    expect(pack.asked).toEqual(steps);
    expect(device.slots.folders.a!.bytesOf('weights/model.bin')).toEqual(filesOf(1).get('weights/model.bin'));
    expect(device.slots.folders.b!.bytesOf('weights/model.bin')).toEqual(filesOf(2).get('weights/model.bin'));
  });

  it('the same again changes nothing; another one is USAGE while it is on trial', async () => {
    await device.publish(2);
    await device.publish(3);
    await device.install(await device.pack(2));
    const before = device.slots.state;
    expect(await device.install(await device.pack(2, 1))).toMatchObject({ changed: false, slot: 'b', triesLeft: 3 });
    await refused('USAGE', await device.pack(3));
    expect(device.slots.state).toEqual(before);
  });

  it('the confirmed release again goes into the other slot: that mends a damaged one', async () => {
    device.slots.folders.a!.put('config.json', '{ }');
    expect(await device.install(await device.pack(1))).toMatchObject({ slot: 'b', changed: true });
    expect((await device.boot()).accepted).toBe(true);
  });

  it('BUSY: another process installs, or changes the slots meanwhile; a second run goes on', async () => {
    await device.publish(2);
    device.slots.isUpdating = true;
    await refused('BUSY', await device.pack(2));
    device.slots.isUpdating = false;
    const pack = await device.pack(2);
    pack.whenChecked = () => {
      device.state = { ...device.state, floor: 7 };
    };
    await expect(device.install(pack)).rejects.toMatchObject({ code: 'BUSY' });
    device.state = { ...device.state, floor: 1 };
    expect(await device.install(await device.pack(2))).toMatchObject({ slot: 'b' });
  });
});

describe('a package that is refused leaves everything as it was', () => {
  beforeEach(async () => {
    await device.run(1);
    await device.publish(2);
  });

  it('between plain folders: UNVERIFIABLE, before any trust is asked for', async () => {
    const pack = await device.pack(2);
    pack.bundleBytes = undefined;
    const trust = async () => {
      throw new WeighbridgeError('UNTRUSTED', 'nothing is trusted', { hint: 'trust' });
    };
    await refused('UNVERIFIABLE', pack, { trust });
    pack.target = { kind: 'content', contentDigest: pack.target.contentDigest };
    await refused('UNVERIFIABLE', pack, { trust });
    await refused('UNTRUSTED', await device.pack(2), { trust });
  });

  it('with a bundle of another target, or none that can be read: MALFORMED', async () => {
    const pack = await device.pack(2);
    pack.bundleBytes = (await device.seal(1)).bytes;
    await refused('MALFORMED', pack);
    pack.bundleBytes = Buffer.from('{}');
    await refused('MALFORMED', pack);
    const other = await device.pack(2);
    other.targetPaths = other.targetPaths.slice(1);
    await refused('MALFORMED', other);
  });

  it('of another witness: UNTRUSTED', async () => {
    await refused('UNTRUSTED', await device.pack(2), {
      trust: async () => ({ ...device.trust, witnesses: [stranger.address] }),
    });
  });

  it('of another model than the slots hold: WRONG_ARTIFACT', async () => {
    const { state } = device;
    const name = 'acme/other' as ModelName;
    const slot = { ...state.slots.a, release: `${name}@1.0.0` } as typeof state.slots.a;
    device.state = { ...state, model: name, slots: { ...state.slots, a: slot } };
    await refused('WRONG_ARTIFACT', await device.pack(2));
  });

  it('revoked: REVOKED, and that is remembered', async () => {
    const pack = await device.pack(2);
    await revoke(device.house.chain, refOf(2), 'security', 'why', guardian);
    pack.bundleBytes = (await device.seal(2)).bytes;
    await refused('REVOKED', pack);
    expect([...device.memory.chains.values()][0]?.revoked).toHaveLength(1);
  });

  it('below what was confirmed here, or accepted by this device: ROLLBACK, whatever its base', async () => {
    await device.install(await device.pack(2));
    await device.confirm();
    await refused('ROLLBACK', await device.pack(1));
    await refused('ROLLBACK', await device.pack(1, 2));
    device.memory = learnConfirmed(device.memory, MODEL, 3);
    await refused('ROLLBACK', await device.pack(2));
  });

  it('too old: STALE; not approved: NOT_APPROVED', async () => {
    await refused('STALE', await device.pack(2), { hostSeconds: device.nowSeconds + 4000 });
    await device.publish(3, false);
    await refused('NOT_APPROVED', await device.pack(3));
  });

  it('with a memory that is damaged, or missing beside a confirmed slot: UNVERIFIABLE', async () => {
    for (const bytes of [Buffer.from('{}'), undefined]) {
      device.document.bytes = bytes;
      await refused('UNVERIFIABLE', await device.pack(2));
    }
  });

  it('with a state of the slots that is damaged or missing: UNVERIFIABLE', async () => {
    for (const bytes of [Buffer.from('{}'), undefined]) {
      device.slots.state = bytes;
      await refused('UNVERIFIABLE', await device.pack(2));
    }
  });

  it('from another base, or with a damaged one: WRONG_ARTIFACT', async () => {
    await device.publish(3);
    await refused('WRONG_ARTIFACT', await device.pack(3, 2));
    const content = await device.pack(2, 1);
    content.base = { kind: 'content', contentDigest: content.base!.contentDigest };
    await refused('WRONG_ARTIFACT', content);
    device.slots.folders.a!.put('config.json', '{ }');
    await refused('WRONG_ARTIFACT', await device.pack(2, 1));
  });

  it('too large for the disk: IO', async () => {
    device.slots.freeBytes = 10;
    await refused('IO', await device.pack(2, 1));
  });

  it('that does not decode: as it says, and its base is closed', async () => {
    const pack = await device.pack(2, 1);
    pack.whenChecked = () => {
      throw new WeighbridgeError('TAMPERED', 'a chunk differs', { hint: 'get it again' });
    };
    await refused('TAMPERED', pack);
    expect(pack.asked).toEqual(['base', 'check', 'base closed']);
  });
});

describe('what was written is not what is proven', () => {
  it.each<[string, (files: Map<string, Uint8Array>) => unknown]>([
    ['another byte', (files) => files.set('config.json', Buffer.from('[]'))],
    ['a file more', (files) => files.set('more', Buffer.from('x'))],
    ['a file less', (files) => files.delete('config.json')],
  ])('%s: TAMPERED, the slot is empty and the active one boots', async (_, change) => {
    await device.run(1);
    await device.publish(2);
    const pack = await device.pack(2);
    const written = new Map(filesOf(2));
    change(written);
    pack.written = written;
    await expect(device.install(pack)).rejects.toMatchObject({ code: 'TAMPERED' });
    expect(device.state).toMatchObject({ active: 'a', slots: { b: { state: 'empty' } } });
    expect(device.slots.folders.b!.isEmpty).toBe(true);
    expect(await device.boot()).toMatchObject({ accepted: true, slot: 'a' });
  });
});

describe('the power goes', () => {
  it('at every change of an update: the old or the new release boots, and the same command completes it', async () => {
    for (let changes = 0; ; changes += 1) {
      device = await slottedDevice();
      await device.run(1, 2);
      await device.publish(3);
      device.slots.powerFor = device.slots.changes.length + changes;
      const wasWhole = await device.install(await device.pack(3)).then(
        () => true,
        () => false,
      );
      device.slots.powerFor = Number.POSITIVE_INFINITY;
      const active = device.state.active === 'a' ? 3 : 2;
      const booted = await device.boot();
      expect(booted, `after ${changes} changes`).toMatchObject({ accepted: true, claim: { ref: refOf(active) } });
      if (wasWhole) break;
      await device.install(await device.pack(3));
      expect(await device.boot()).toMatchObject({ accepted: true, slot: 'a', claim: { ref: refOf(3) } });
      expect(device.slots.journal).toBeUndefined();
    }
  });

  it('twice in a first install: nothing boots until it is complete', async () => {
    await device.publish(1);
    for (const changes of [4, 3]) {
      device.slots.powerFor = device.slots.changes.length + changes;
      await expect(device.install(await device.pack(1))).rejects.toThrow('power');
      device.slots.powerFor = Number.POSITIVE_INFINITY;
      await expect(device.boot()).rejects.toMatchObject({ code: 'UNVERIFIABLE' });
    }
    await device.install(await device.pack(1));
    expect((await device.boot()).accepted).toBe(true);
  });

  it('and another package is installed: nothing of the first is left', async () => {
    await device.run(1);
    await device.publish(2);
    await device.publish(3);
    device.slots.powerFor = device.slots.changes.length + 5;
    await expect(device.install(await device.pack(2))).rejects.toThrow('power');
    device.slots.powerFor = Number.POSITIVE_INFINITY;
    device.slots.folders.b!.put('leftover', 'x');
    await device.install(await device.pack(3));
    expect(device.slots.folders.b!.paths).not.toContain('leftover');
    expect(await device.boot()).toMatchObject({ accepted: true, claim: { ref: refOf(3) } });
  });
});
