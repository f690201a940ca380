import { canonicalBytes } from '@weighbridge/core/canonical-json';
import type { JsonObject } from '@weighbridge/core/json';
import { sha3Digest } from '@weighbridge/core/sha3';
import { describe, expect, it } from 'vitest';
import { emptySlots } from './slot-state.js';
import { endTrial, fallBack } from './slot-state-changes.js';
import { canonicalSlotsState, parseSlotsState, SLOTS_MAX_BYTES } from './slot-state-file.js';
import { confirmedSlots, onTrial } from './testing/slots.js';

const failed = endTrial(onTrial(confirmedSlots(1), 2), 'why');

/** A state file as it is written. */
interface Written {
  floor?: number;
  slots: { a: Record<string, unknown>; b?: Record<string, unknown> };
}

/** A state file with members changed and a check that belongs to it. */
function edited(change: (value: Written) => void, state = failed): Uint8Array {
  const { check: _, ...value } = JSON.parse(Buffer.from(canonicalSlotsState(state)).toString()) as Written & {
    check: string;
  };
  change(value);
  return canonicalBytes({ ...value, check: sha3Digest(canonicalBytes(value as unknown as JsonObject)) });
}

describe('canonicalSlotsState', () => {
  it.each([
    ['nothing', emptySlots()],
    ['a first trial', onTrial(emptySlots(), 1)],
    ['two confirmed', confirmedSlots(1, 2)],
    ['one failed', failed],
    ['a fallback', fallBack(confirmedSlots(1, 2), 'revoked')],
  ])('%s is parsed again', (_, state) => {
    expect(parseSlotsState(canonicalSlotsState(state))).toEqual(state);
  });
});

describe('parseSlotsState', () => {
  it('MALFORMED: every flipped byte', () => {
    const bytes = canonicalSlotsState(failed);
    for (let at = 0; at < bytes.length; at += 1) {
      const flipped = bytes.slice();
      flipped[at]! ^= 1;
      expect(() => parseSlotsState(flipped), `byte ${at}`).toThrow(expect.objectContaining({ code: 'MALFORMED' }));
    }
  });

  it('MALFORMED: cut, empty, of another kind', () => {
    const bytes = canonicalSlotsState(failed);
    for (const wrong of [bytes.subarray(0, -1), new Uint8Array(), Buffer.from('{}'), Buffer.from('{"format":"x"}')])
      expect(() => parseSlotsState(wrong)).toThrow(expect.objectContaining({ code: 'MALFORMED' }));
  });

  it('LIMIT: over the size', () => {
    const large = new Uint8Array(SLOTS_MAX_BYTES + 1);
    expect(() => parseSlotsState(large)).toThrow(expect.objectContaining({ code: 'LIMIT' }));
  });

  it('takes what was only written anew', () => {
    expect(parseSlotsState(edited(() => {}))).toEqual(failed);
  });

  it.each<[string, (value: Written) => void]>([
    ['an unknown member', (value) => Object.assign(value, { more: 1 })],
    ['an unknown member of a slot', ({ slots }) => Object.assign(slots.a, { more: 1 })],
    ['a third slot', ({ slots }) => Object.assign(slots, { c: { state: 'empty' } })],
    ['a missing member', (value) => delete value.floor],
    ['a slot that is missing', ({ slots }) => delete slots.b],
    ['an unknown slot', (value) => Object.assign(value, { active: 'c' })],
    ['an unknown state', ({ slots }) => Object.assign(slots.a, { state: 'fine' })],
    ['an active slot that is empty', ({ slots }) => Object.assign(slots, { a: { state: 'empty' } })],
    ['no model', (value) => Object.assign(value, { model: null })],
    ['no active slot', (value) => Object.assign(value, { active: null })],
    ['another model', (value) => Object.assign(value, { model: 'acme/other' })],
    ['a release of another model', ({ slots }) => Object.assign(slots.b!, { release: 'acme/other@1' })],
    ['a floor below a confirmed slot', (value) => Object.assign(value, { floor: 0 })],
    ['tries without a trial', (value) => Object.assign(value, { triesLeft: 1 })],
    ['too many tries', (value) => Object.assign(value, { triesLeft: 1001 })],
    ['a trial that is not active', ({ slots }) => makeTrial(slots.b!)],
    ['a reason without text', ({ slots }) => Object.assign(slots.b!, { reason: '' })],
    ['a reason without end', ({ slots }) => Object.assign(slots.b!, { reason: 'x'.repeat(4097) })],
    ['a floor that is no integer', (value) => Object.assign(value, { floor: 1.5 })],
    ['a version code below 0', ({ slots }) => Object.assign(slots.b!, { versionCode: -1 })],
    ['a digest in upper case', ({ slots }) => upperCase(slots.b!)],
  ])('MALFORMED: %s', (_, change) => {
    expect(() => parseSlotsState(edited(change))).toThrow(expect.objectContaining({ code: 'MALFORMED' }));
  });
});

function makeTrial(slot: Record<string, unknown>): void {
  slot.state = 'trial';
  delete slot.reason;
}

function upperCase(slot: Record<string, unknown>): void {
  slot.releaseDigest = String(slot.releaseDigest).replace(/[a-f]/, (digit) => digit.toUpperCase());
}
