import { describe, expect, it } from 'vitest';
import { activeSlot, bootFloor, emptySlots, idleSlot, onceConfirmed, triesUsedUp, trialOf } from './slot-state.js';
import {
  clearIdle,
  confirmTrial,
  countBoot,
  countFailure,
  decideRollback,
  endTrial,
  fallBack,
  startTrial,
} from './slot-state-changes.js';
import { confirmedSlots, idleOf, onTrial, SLOTS_MODEL, slotRelease } from './testing/slots.js';

const nothing = emptySlots();

describe('install', () => {
  it('goes into the slot that is not active, and empties it first', () => {
    expect(idleSlot(nothing)).toBe('a');
    const one = confirmedSlots(1);
    expect([one.active, idleSlot(one)]).toEqual(['a', 'b']);
    const two = onTrial(one, 2);
    expect(two).toMatchObject({ active: 'b', triesLeft: 3, floor: 1, model: SLOTS_MODEL });
    expect(clearIdle(confirmedSlots(1, 2)).slots).toMatchObject({ a: { state: 'empty' }, b: { state: 'confirmed' } });
  });

  it('is a fault of the program while a release is on trial, into a full slot, and of another model', () => {
    const trial = onTrial(nothing, 1);
    expect(() => clearIdle(trial)).toThrow(RangeError);
    expect(() => startTrial(confirmedSlots(1, 2), SLOTS_MODEL, slotRelease(3), 3)).toThrow(RangeError);
    expect(() => startTrial(confirmedSlots(1), 'acme/other' as never, slotRelease(2), 3)).toThrow(RangeError);
  });
});

describe('a trial', () => {
  it('has as many boots as it was given, then the confirmed slot is active again', () => {
    let state = onTrial(confirmedSlots(1), 2, 2);
    for (const left of [1, 0]) {
      expect(triesUsedUp(state)).toBe(false);
      state = countBoot(state);
      expect(state.triesLeft).toBe(left);
    }
    expect([triesUsedUp(state), trialOf(state)?.release]).toEqual([true, slotRelease(2).release]);
    const ended = endTrial(state, 'not confirmed');
    expect(ended).toMatchObject({ active: 'a', triesLeft: 0, floor: 1 });
    expect(idleOf(ended)).toMatchObject({ state: 'failed', reason: 'not confirmed' });
  });

  it('that cannot be verified ends with its last try', () => {
    const once = countFailure(onTrial(confirmedSlots(1), 2, 2), 'TAMPERED');
    expect(once).toMatchObject({ active: 'b', triesLeft: 1 });
    expect(countFailure(once, 'TAMPERED')).toMatchObject({ active: 'a', slots: { b: { state: 'failed' } } });
  });

  it('of a first install has nothing to fall back to', () => {
    expect(countFailure(onTrial(nothing, 1, 1), 'x')).toMatchObject({ active: 'a', slots: { a: { state: 'failed' } } });
  });

  it('that is confirmed raises the floor, once', () => {
    const confirmed = confirmTrial(onTrial(confirmedSlots(1), 5));
    expect(confirmed).toMatchObject({ active: 'b', floor: 5, triesLeft: 0 });
    expect(() => confirmTrial(confirmed)).toThrow(RangeError);
    expect([onceConfirmed(confirmed), onceConfirmed(onTrial(nothing, 1))]).toEqual([true, false]);
  });

  it('keeps a reason that may be shown and stored', () => {
    const ended = endTrial(onTrial(confirmedSlots(1), 2), `\u001b[2J\ud800${'x'.repeat(9000)}`);
    const slot = idleOf(ended);
    expect(slot.state === 'failed' && slot.reason).toMatch(/^\\u\{1b\}\[2J\\u\{d800\}x{290,300}…$/);
  });
});

describe('a confirmed slot', () => {
  it('boots and fails as often as it likes', () => {
    const state = confirmedSlots(1, 2);
    expect([countBoot(state), countFailure(state, 'TAMPERED')]).toEqual([state, state]);
  });
});

describe('a revoked active slot', () => {
  it('gives way to the other confirmed one, whose floor no longer counts', () => {
    const state = fallBack(confirmedSlots(1, 2), 'revoked');
    expect(state).toMatchObject({ active: 'a', floor: 2, slots: { b: { state: 'failed', reason: 'revoked' } } });
    expect(bootFloor(activeSlot(state)!, state)).toBe(0);
    const other = confirmedSlots(1, 2);
    expect(bootFloor(activeSlot(other)!, other)).toBe(2);
  });

  it('on trial gives way to a slot at the floor', () => {
    const state = fallBack(onTrial(confirmedSlots(1), 2), 'revoked');
    expect(state).toMatchObject({ active: 'a', triesLeft: 0, slots: { a: { belowFloor: false } } });
  });

  it('gives way to nothing that was not confirmed', () => {
    for (const state of [nothing, confirmedSlots(1), onTrial(nothing, 1)])
      expect(() => fallBack(state, 'revoked')).toThrow(RangeError);
  });

  it('keeps the leave of the fallback through a trial that fails', () => {
    const back = endTrial(onTrial(fallBack(confirmedSlots(1, 2), 'revoked'), 3), 'x');
    expect([back.active, bootFloor(activeSlot(back)!, back)]).toEqual(['a', 0]);
  });
});

describe('decideRollback', () => {
  it.each([
    ['nothing installed', nothing],
    ['one slot alone', confirmedSlots(1)],
    ['the first trial', onTrial(nothing, 1)],
    ['a slot that has failed', endTrial(onTrial(confirmedSlots(1), 2), 'x')],
  ])('%s: USAGE', (_, state) => {
    expect(decideRollback(state)).toMatchObject({ accepted: false, refusal: { code: 'USAGE' } });
  });

  it('below the confirmed floor: ROLLBACK', () => {
    expect(decideRollback(confirmedSlots(1, 2))).toMatchObject({ accepted: false, refusal: { code: 'ROLLBACK' } });
  });

  it('from a trial: it has failed', () => {
    const decision = decideRollback(onTrial(confirmedSlots(1), 2));
    expect(decision).toMatchObject({ accepted: true, state: { active: 'a', slots: { b: { state: 'failed' } } } });
  });

  it('between two confirmed slots of one release: both stay confirmed', () => {
    const state = confirmedSlots(2, 2);
    expect(decideRollback(state)).toEqual({ accepted: true, state: { ...state, active: 'a' } });
  });
});
