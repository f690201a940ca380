import fc from 'fast-check';
import { expect, it } from 'vitest';
import { activeSlot, bootFloor, emptySlots, idleSlot, type SlotsState, triesUsedUp, trialOf } from './slot-state.js';
import {
  clearIdle,
  confirmTrial,
  countBoot,
  countFailure,
  decideRollback,
  endTrial,
  fallBack,
} from './slot-state-changes.js';
import { canonicalSlotsState, parseSlotsState } from './slot-state-file.js';
import { onTrial } from './testing/slots.js';

/** The same device, told as its owner would: what boots, what he could go back to, what is on trial. */
interface Owner {
  running: number | undefined;
  trial: { code: number; boots: number } | undefined;
  /** What was confirmed and still lies in the other slot. */
  spare: number | undefined;
  highest: number;
}

interface Real {
  state: SlotsState;
}

type Step = fc.Command<Owner, Real>;

/** Writes and reads the state as a power cut between two steps would make it do. */
function step(
  name: string,
  check: (owner: Owner) => boolean,
  run: (owner: Owner, state: SlotsState) => SlotsState,
): Step {
  return {
    check,
    run: (owner, real) => {
      real.state = parseSlotsState(canonicalSlotsState(run(owner, real.state)));
      compare(owner, real.state);
    },
    toString: () => name,
  };
}

function compare(owner: Owner, state: SlotsState): void {
  const active = activeSlot(state);
  const idle = state.slots[idleSlot(state)];
  expect(state.floor).toBe(owner.highest);
  expect(trialOf(state)?.versionCode).toBe(owner.trial?.code);
  expect(state.triesLeft).toBe(owner.trial?.boots ?? 0);
  expect(active?.state === 'confirmed' ? active.versionCode : undefined).toBe(
    owner.trial === undefined ? owner.running : undefined,
  );
  expect(idle.state === 'confirmed' ? idle.versionCode : undefined).toBe(
    owner.trial === undefined ? owner.spare : owner.running,
  );
  if (active?.state === 'confirmed') expect(active.versionCode).toBeGreaterThanOrEqual(bootFloor(active, state));
}

function trialFails(owner: Owner): void {
  owner.trial = undefined;
  owner.spare = undefined;
}

const noTrial = (owner: Owner): boolean => owner.trial === undefined;
const onTrialNow = (owner: Owner): boolean => owner.trial !== undefined;

const install = (code: number, boots: number): Step =>
  step(`install ${code}`, noTrial, (owner, state) => {
    owner.trial = { code: owner.highest + code, boots };
    owner.spare = undefined;
    return onTrial(state, owner.highest + code, boots);
  });

/** The power goes while the idle slot is written. */
const cut = (): Step =>
  step('cut', noTrial, (owner, state) => {
    owner.spare = undefined;
    return clearIdle(state);
  });

const boot = (): Step =>
  step('boot', onTrialNow, (owner, state) => {
    expect(triesUsedUp(state)).toBe(owner.trial!.boots === 0);
    if (owner.trial!.boots === 0) {
      trialFails(owner);
      return endTrial(state, 'used up');
    }
    owner.trial!.boots -= 1;
    return countBoot(state);
  });

const badBoot = (): Step =>
  step(
    'bad boot',
    (owner) => onTrialNow(owner) && owner.trial!.boots > 0,
    (owner, state) => {
      owner.trial!.boots -= 1;
      if (owner.trial!.boots === 0) trialFails(owner);
      return countFailure(state, 'TAMPERED');
    },
  );

const confirm = (): Step =>
  step('confirm', onTrialNow, (owner, state) => {
    owner.spare = owner.running;
    owner.running = owner.trial!.code;
    owner.highest = Math.max(owner.highest, owner.trial!.code);
    owner.trial = undefined;
    return confirmTrial(state);
  });

const rollback = (): Step =>
  step(
    'rollback',
    () => true,
    (owner, state) => {
      const decision = decideRollback(state);
      const goal = owner.trial === undefined ? owner.spare : owner.running;
      expect(decision.accepted).toBe(goal !== undefined && goal >= owner.highest);
      if (!decision.accepted) return state;
      if (owner.trial !== undefined) trialFails(owner);
      else [owner.running, owner.spare] = [owner.spare, owner.running];
      return decision.state;
    },
  );

const revoked = (): Step =>
  step(
    'revoked',
    (owner) => (owner.trial === undefined ? owner.spare : owner.running) !== undefined,
    (owner, state) => {
      if (owner.trial === undefined) owner.running = owner.spare;
      trialFails(owner);
      return fallBack(state, 'revoked');
    },
  );

const steps = [
  fc
    .tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 3 }))
    .map(([code, boots]) => install(code + 1, boots)),
  fc.tuple(fc.integer({ min: 0, max: 1 }), fc.constant(2)).map(([code, boots]) => install(code, boots)),
  ...[cut, boot, badBoot, confirm, confirm, rollback, revoked].map((make) => fc.constant(null).map(make)),
];

it('two slots do what their owner expects, whatever happens in whatever order', () => {
  fc.assert(
    fc.property(fc.commands(steps, { maxCommands: 40 }), (commands) => {
      fc.modelRun(
        () => ({
          model: { running: undefined, trial: undefined, spare: undefined, highest: 0 },
          real: { state: emptySlots() },
        }),
        commands,
      );
    }),
    { numRuns: Number(process.env.SLOT_SEQUENCES ?? 500) },
  );
});
