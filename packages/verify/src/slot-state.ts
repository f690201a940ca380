import type { Digest, ModelName, ReleaseName } from '@weighbridge/core/brands';

export const SLOT_NAMES = ['a', 'b'] as const;
export type SlotName = (typeof SLOT_NAMES)[number];

/** slots-v1 §2.3: which release a slot holds. */
export interface SlotRelease {
  readonly release: ReleaseName;
  readonly releaseDigest: Digest;
  readonly versionCode: number;
}

export type Slot =
  | { readonly state: 'empty' }
  | (SlotRelease & { readonly state: 'trial' })
  /** `belowFloor`: it may boot although the floor is above it, since what raised the floor is revoked. */
  | (SlotRelease & { readonly state: 'confirmed'; readonly belowFloor: boolean })
  | (SlotRelease & { readonly state: 'failed'; readonly reason: string });

export type FilledSlot = Exclude<Slot, { readonly state: 'empty' }>;

/** slots-v1: what two slots hold and which of them boots. Never changed, always replaced. */
export interface SlotsState {
  /** Bound by the first install; undefined before, like `active`. */
  readonly model: ModelName | undefined;
  readonly active: SlotName | undefined;
  readonly slots: Readonly<Record<SlotName, Slot>>;
  /** Boots that the release on trial has left; 0 when none is on trial. */
  readonly triesLeft: number;
  /** The highest version code that was ever confirmed here, 0 before. */
  readonly floor: number;
}

export function emptySlots(): SlotsState {
  return {
    model: undefined,
    active: undefined,
    slots: { a: { state: 'empty' }, b: { state: 'empty' } },
    triesLeft: 0,
    floor: 0,
  };
}

export function otherSlot(slot: SlotName): SlotName {
  return slot === 'a' ? 'b' : 'a';
}

/** The slot that an install writes to: never the active one. */
export function idleSlot({ active }: SlotsState): SlotName {
  return active === undefined ? 'a' : otherSlot(active);
}

/** What the active slot holds; undefined when nothing was ever installed. */
export function activeSlot(state: SlotsState): FilledSlot | undefined {
  const slot = state.active === undefined ? undefined : state.slots[state.active];
  return slot === undefined || slot.state === 'empty' ? undefined : slot;
}

/** What is on trial, if anything. */
export function trialOf(state: SlotsState): FilledSlot | undefined {
  const slot = activeSlot(state);
  return slot?.state === 'trial' ? slot : undefined;
}

/** slots-v1 §3.5: on trial, and booted as often as it may be. */
export function triesUsedUp(state: SlotsState): boolean {
  return trialOf(state) !== undefined && state.triesLeft === 0;
}

/** Whether a slot was confirmed here at any time: then a device state must be there too. */
export function onceConfirmed({ floor, slots }: SlotsState): boolean {
  return floor > 0 || SLOT_NAMES.some((name) => slots[name].state === 'confirmed');
}

/** slots-v1 §4.2: the lowest version code that a slot may boot with. */
export function bootFloor(slot: FilledSlot, { floor }: SlotsState): number {
  return slot.state === 'confirmed' && slot.belowFloor ? 0 : floor;
}
