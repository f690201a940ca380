import type { ModelName } from '@weighbridge/core/brands';
import { learnConfirmed } from '@weighbridge/verify/device-state';
import { beforeEach, describe, expect, it } from 'vitest';
import type { BootDoors } from './boot.js';
import { slotsStatus } from './ota-status.js';
import { revoke } from './revoke.js';
import { guardian, MODEL, stranger } from './testing/house.js';
import { filesOf, refOf, type SlottedDevice, slottedDevice } from './testing/slotted-device.js';

let device: SlottedDevice;
beforeEach(async () => {
  device = await slottedDevice();
});

async function boots(version: number, more: Partial<BootDoors> = {}) {
  const verdict = await device.boot(more);
  expect(verdict).toMatchObject({ accepted: true, claim: { ref: refOf(version) } });
  if (!verdict.accepted) throw new Error('refused');
  return verdict;
}

async function refused(code: string, more: Partial<BootDoors> = {}) {
  const verdict = await device.boot(more);
  if (verdict.accepted) throw new Error('accepted');
  expect(verdict.refusal).toMatchObject({ code, hint: expect.stringMatching(/./) });
  return verdict;
}

async function onTrial(version: number, tries = 3): Promise<void> {
  await device.publish(version);
  await device.install(await device.pack(version), tries);
}

describe('a confirmed slot', () => {
  beforeEach(() => device.run(1));

  it('boots, and all but the version code is remembered', async () => {
    device.memory = { ...device.memory, models: new Map() };
    const verdict = await boots(1);
    expect(verdict).toMatchObject({ slot: 'a', path: '/fake/slots/a', triesLeft: 0 });
    expect(verdict.notes).toContainEqual(expect.stringContaining('development'));
    expect(device.memory.models.get(MODEL)).toEqual({ versionCode: 0, minAllowed: 0 });
    expect(device.engine.asked.every((kind) => kind === 'tree')).toBe(true);
  });

  it('boots as often as it likes and nothing of the slots is written', async () => {
    const before = [...device.slots.changes];
    for (let count = 0; count < 5; count += 1) await boots(1);
    expect(device.slots.changes).toEqual(before);
  });

  it('boots below the version code in the device state, which is not that of the slots', async () => {
    device.memory = learnConfirmed(device.memory, MODEL, 9);
    await boots(1);
  });

  it('boots with a read-only memory, and says so', async () => {
    device.isReadOnly = true;
    expect((await boots(1)).notes).toContainEqual(expect.stringContaining('read-only'));
  });

  it.each<[string, string, (device: SlottedDevice) => unknown]>([
    ['TAMPERED', 'another byte', ({ slots }) => slots.folders.a!.put('config.json', '[]')],
    ['TAMPERED', 'another size', ({ slots }) => slots.folders.a!.put('config.json', '[] ')],
    ['TAMPERED', 'a file more', ({ slots }) => slots.folders.a!.put('more', '')],
    ['TAMPERED', 'a file less', ({ slots }) => slots.folders.a!.remove('config.json')],
    ['TAMPERED', 'a symlink', ({ slots }) => slots.folders.a!.putOther('config.json', 'symlink')],
    ['TAMPERED', 'a stranger in .weighbridge', ({ slots }) => slots.folders.a!.put('.weighbridge/x', '')],
    ['TAMPERED', 'no folder', ({ slots }) => Object.assign(slots.folders, { a: undefined })],
    ['UNVERIFIABLE', 'no bundle', ({ slots }) => slots.folders.a!.remove('.weighbridge/bundle.json')],
    ['MALFORMED', 'a bundle cut short', ({ slots }) => slots.folders.a!.put('.weighbridge/bundle.json', '{')],
    ['IO', 'a file that cannot be read', ({ slots }) => slots.folders.a!.makeUnreadable('config.json')],
    ['UNVERIFIABLE', 'a damaged memory', ({ document }) => Object.assign(document, { bytes: Buffer.from('{}') })],
    ['UNVERIFIABLE', 'a missing memory', ({ document }) => Object.assign(document, { bytes: undefined })],
  ])('%s: %s; it does not fall back', async (code, _, spoil) => {
    await device.publish(2);
    await device.install(await device.pack(2));
    await device.confirm();
    device.state = { ...device.state, active: 'a', floor: 1, slots: { ...device.state.slots, b: { state: 'empty' } } };
    const { state } = device;
    spoil(device);
    await refused(code);
    expect(device.state).toEqual(state);
  });

  it('UNTRUSTED: another witness; STALE: an old proof', async () => {
    await refused('UNTRUSTED', { trust: async () => ({ ...device.trust, witnesses: [stranger.address] }) });
    await refused('STALE', { hostSeconds: device.nowSeconds + 4000 });
  });

  it('ROLLBACK: below the confirmed floor', async () => {
    device.state = { ...device.state, floor: 2 };
    await refused('ROLLBACK');
  });

  it('WRONG_ARTIFACT: a slot that holds another release than its state says', async () => {
    await device.publish(2);
    const { bytes } = await device.seal(2);
    for (const [path, content] of filesOf(2)) device.slots.folders.a!.put(path, content);
    device.slots.folders.a!.put('.weighbridge/bundle.json', bytes);
    await refused('WRONG_ARTIFACT');
  });

  it('TAMPERED: a file that is exchanged after the verdict', async () => {
    const verdict = await boots(1);
    await verdict.requireUnchanged();
    device.slots.folders.a!.put('config.json', '{}');
    await expect(verdict.requireUnchanged()).rejects.toMatchObject({ code: 'TAMPERED' });
  });

  it('ends at a signal before anything is remembered', async () => {
    const before = device.document.bytes;
    device.abort.abort(new Error('ended by SIGTERM'));
    await expect(device.boot()).rejects.toThrow('SIGTERM');
    expect(device.document.bytes).toEqual(before);
  });
});

describe('nothing to boot', () => {
  it('UNVERIFIABLE: both slots empty, before any trust is asked for', async () => {
    const trust = () => Promise.reject(new Error('asked'));
    await expect(device.boot({ trust })).rejects.toMatchObject({ code: 'UNVERIFIABLE' });
  });

  it('UNVERIFIABLE: a state that is damaged, or missing beside a slot', async () => {
    await device.run(1);
    for (const bytes of [Buffer.from('{}'), undefined]) {
      device.slots.state = bytes;
      await expect(device.boot()).rejects.toMatchObject({ code: 'UNVERIFIABLE' });
    }
  });
});

describe('a release on trial', () => {
  it('boots as often as it may without a confirmation, then the confirmed one boots again', async () => {
    await device.run(1);
    await onTrial(2);
    for (const left of [2, 1, 0]) expect(await boots(2)).toMatchObject({ slot: 'b', triesLeft: left });
    expect(await slotsStatus(device.slots)).toMatchObject({ active: { state: 'trial' }, triesLeft: 0, reason: null });
    await boots(1);
    const { active, other, reason } = await slotsStatus(device.slots);
    expect([active.state, other.state, other.release]).toEqual(['confirmed', 'failed', refOf(2).name]);
    expect(reason).toContain('nobody confirmed');
    await device.install(await device.pack(2));
    await boots(2);
  });

  it('that cannot be verified takes its tries and falls back with the last', async () => {
    await device.run(1);
    await onTrial(2, 2);
    device.slots.folders.b!.put('config.json', '[]');
    for (const left of [1, 0]) {
      await refused('TAMPERED');
      expect(device.state.triesLeft).toBe(left);
    }
    expect((await slotsStatus(device.slots)).reason).toMatch(/^TAMPERED: config\.json/);
    await boots(1);
  });

  it('of a first install has nothing to fall back to', async () => {
    await onTrial(1, 1);
    await boots(1);
    await expect(device.boot()).rejects.toMatchObject({ code: 'UNVERIFIABLE' });
    expect((await slotsStatus(device.slots)).active).toMatchObject({ state: 'failed', release: refOf(1).name });
    await device.install(await device.pack(1));
    await boots(1);
  });

  it('is counted before it is started: without that it does not start', async () => {
    await device.run(1);
    await onTrial(2);
    device.slots.powerFor = device.slots.changes.length;
    await expect(device.boot()).rejects.toThrow('power');
    device.slots.powerFor = Number.POSITIVE_INFINITY;
    expect(device.state.triesLeft).toBe(3);
  });

  it('BUSY: somebody else changed the slots meanwhile', async () => {
    await onTrial(1);
    device.slots.beforeReplace = () => {
      device.state = { ...device.state, triesLeft: 1 };
    };
    await expect(device.boot()).rejects.toMatchObject({ code: 'BUSY' });
  });

  it('a first boot needs no memory; it makes one', async () => {
    await onTrial(1);
    await boots(1);
    expect(device.memory.releases.size).toBe(1);
  });
});

describe('a revoked release', () => {
  const revoked = (version: number) => revoke(device.house.chain, refOf(version), 'security', 'why', guardian);

  it('gives way to the slot that was confirmed before, for good', async () => {
    await device.run(1, 2);
    await revoked(2);
    const { notes } = await boots(1, { bundles: [await device.seal(2)] });
    expect(notes[0]).toContain(`${refOf(1).name} in slot a boots in its place`);
    expect(await slotsStatus(device.slots)).toMatchObject({ active: { slot: 'a' }, other: { state: 'failed' } });
    expect(device.state.floor).toBe(2);
    await boots(1);
    await refused('TAMPERED', await tamperedActive());
  });

  async function tamperedActive() {
    device.slots.folders.a!.put('config.json', '[]');
    return {};
  }

  it('is remembered as revoked: the old bundle does not help', async () => {
    await device.run(1);
    const old = device.slots.folders.a!.bytesOf('.weighbridge/bundle.json')!;
    await revoked(1);
    await refused('REVOKED', { bundles: [await device.seal(1)] });
    device.slots.folders.a!.put('.weighbridge/bundle.json', old);
    await refused('REVOKED');
  });

  it('on trial gives way at once; without a confirmed slot it takes its tries', async () => {
    await onTrial(1, 2);
    await revoked(1);
    const bundles = [await device.seal(1)];
    await refused('REVOKED', { bundles });
    expect(device.state.triesLeft).toBe(1);
    device = await slottedDevice();
    await device.run(1);
    await onTrial(2);
    await revoked(2);
    await boots(1, { bundles: [await device.seal(2)] });
    expect(device.state).toMatchObject({ active: 'a', triesLeft: 0, slots: { b: { state: 'failed' } } });
  });

  it('stays REVOKED where the other slot is revoked, tampered, too old or below minAllowed; the state stays', async () => {
    await device.run(1, 2);
    await revoked(2);
    const bundles = [await device.seal(2)];
    const { state } = device;
    device.slots.folders.a!.put('config.json', '[]');
    expect((await refused('REVOKED', { bundles })).notes).toContainEqual(expect.stringContaining('TAMPERED'));
    device.slots.folders.a!.put('config.json', '{}');
    const late = { bundles, hostSeconds: device.nowSeconds + 4000 };
    expect((await refused('REVOKED', late)).notes).toContainEqual(expect.stringContaining('STALE'));
    await revoked(1);
    const both = { bundles: [...bundles, await device.seal(1)] };
    expect((await refused('REVOKED', both)).notes).toContainEqual(expect.stringContaining('REVOKED'));
    expect(device.state).toEqual(state);
  });

  it('the fallback may be updated, and falls back no further', async () => {
    await device.run(1, 2);
    await revoked(2);
    await boots(1, { bundles: [await device.seal(2)] });
    await onTrial(3);
    device.slots.folders.b!.put('config.json', '[]');
    for (let count = 0; count < 3; count += 1) await refused('TAMPERED');
    await boots(1);
    await expect(device.install(await device.pack(1))).rejects.toMatchObject({ code: 'ROLLBACK' });
  });
});

describe('bundles that are handed in', () => {
  beforeEach(() => device.run(1, 2));
  const bundleIn = (slot: 'a' | 'b') => device.slots.folders[slot]!.bytesOf('.weighbridge/bundle.json');

  it('a later one is kept in the slot before anything is remembered of it', async () => {
    await device.publish(3);
    const given = await device.seal(2);
    device.slots.powerFor = device.slots.changes.length;
    const before = device.document.bytes;
    await expect(device.boot({ bundles: [given] })).rejects.toThrow('power');
    expect(device.document.bytes).toEqual(before);
    device.slots.powerFor = Number.POSITIVE_INFINITY;
    await boots(2, { bundles: [given] });
    expect(bundleIn('b')).toEqual(new Uint8Array(given.bytes));
    await boots(2);
  });

  it('one of the idle slot is kept there, below the floor too; the latest of several counts', async () => {
    await device.publish(3);
    const first = await device.seal(1);
    await device.publish(4);
    const second = await device.seal(1);
    await boots(2, { bundles: [second, first] });
    expect(bundleIn('a')).toEqual(new Uint8Array(second.bytes));
    await boots(2, { bundles: [first] });
    expect(bundleIn('a')).toEqual(new Uint8Array(second.bytes));
  });

  it('one of the idle slot that is not good is not kept, and the active slot boots', async () => {
    const before = bundleIn('a');
    const { bundle, bytes } = await device.seal(1);
    const bad = { bytes, bundle: { ...bundle, checkpoint: { ...bundle.checkpoint, signatures: [] } } };
    expect((await boots(2, { bundles: [bad] })).notes).toContainEqual(expect.stringContaining('UNTRUSTED'));
    expect(bundleIn('a')).toEqual(before);
  });

  it('WRONG_ARTIFACT: one of neither slot', async () => {
    await device.publish(3);
    await expect(device.boot({ bundles: [await device.seal(3)] })).rejects.toMatchObject({ code: 'WRONG_ARTIFACT' });
  });

  it('an older one than was accepted is ROLLBACK', async () => {
    const old = await device.seal(2);
    await device.publish(3);
    await boots(2, { bundles: [await device.seal(2)] });
    await refused('ROLLBACK', { bundles: [old] });
  });
});

describe('the chain', () => {
  it('is asked where it can be, and what it says is kept for a boot without it', async () => {
    await device.run(1);
    await device.publish(2);
    const asked: string[] = [];
    const askChain: BootDoors['askChain'] = async ({ name }, manifest) => {
      asked.push(name);
      expect(manifest).toBeDefined();
      return (await device.seal(1)).bytes;
    };
    await boots(1, { askChain });
    expect(asked).toEqual([refOf(1).name]);
    await boots(1);
  });
});

it('a model that the trust file does not cover is WRONG_ARTIFACT', async () => {
  await device.run(1);
  await refused('WRONG_ARTIFACT', { trust: async () => ({ ...device.trust, models: ['acme/other' as ModelName] }) });
});
