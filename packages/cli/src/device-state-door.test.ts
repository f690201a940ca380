import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { acquireLock } from '@weighbridge/files-local/home-lock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deviceStateDoor, deviceStateLock } from './device-state-door.js';
import { FakeContext } from './testing/fake-context.js';

let context: FakeContext;

beforeEach(() => {
  context = new FakeContext();
});

afterEach(() => context.dispose());

describe('deviceStateDoor', () => {
  it.each([
    ['--state none', 'none', false],
    ['--state none online', 'none', true],
    ['a plain online verification', undefined, true],
  ])('there is none with %s', (_, state, online) => expect(deviceStateDoor(context, state, online)).toBeUndefined());

  it("is the home folder's without a flag, which may be read-only", () => {
    const door = deviceStateDoor(context, undefined, false)!;
    expect([door.document.location, door.mayBeReadOnly]).toEqual([context.home.deviceState, true]);
  });

  it('is the named file, online too, which may not', () => {
    const path = join(context.home.root, 'state.json');
    const door = deviceStateDoor(context, path, true)!;
    expect([door.document.location, door.mayBeReadOnly]).toEqual([path, false]);
  });

  it('works alone: whoever holds the lock makes it BUSY', async () => {
    const door = deviceStateDoor(context, undefined, false)!;
    const lock = await acquireLock(deviceStateLock(context.home.deviceState), { timeoutMs: 0 });
    await expect(door.alone(async () => 1)).rejects.toMatchObject({ code: 'BUSY' });
    await lock.release();
    expect(await door.alone(async () => 1)).toBe(1);
  });

  it('releases the lock whatever the task does', async () => {
    const door = deviceStateDoor(context, undefined, false)!;
    await expect(door.alone(async () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(existsSync(deviceStateLock(context.home.deviceState))).toBe(false);
  });

  it('makes a home that is not there yet, but no folder for a named file', async () => {
    const named = join(context.home.root, 'none', 'state.json');
    await expect(deviceStateDoor(context, named, false)!.alone(async () => 1)).rejects.toMatchObject({ code: 'USAGE' });
    rmSync(context.home.root, { recursive: true });
    expect(await deviceStateDoor(context, undefined, false)!.alone(async () => 1)).toBe(1);
  });
});
