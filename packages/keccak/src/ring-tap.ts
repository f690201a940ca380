import { CHUNK_BYTES, chunkCount, chunkLength } from '@weighbridge/core/tree';
import type { TapOptions } from '@weighbridge/core/digest-engine';
import type { TaskPlan } from './digest-task.js';
import type { Ring } from './digest-worker.js';

/** The main thread's place among the consumers of a ring. */
const ROLE = 2;

/**
 * Hands every chunk of a ring to the main thread, in order; the reader reuses a slot when all consumers are done with it.
 * Ends early when the task is called off.
 */
export async function tapRing(
  { sizeBytes, ring, stopped }: TaskPlan & { readonly ring: Ring },
  onChunk: NonNullable<TapOptions['onChunk']>,
): Promise<void> {
  const slotCount = ring.slots.length / CHUNK_BYTES;
  for (let index = 0; index < chunkCount(sizeBytes); index += 1) {
    if (!(await isFilled(ring, stopped, index))) return;
    const from = (index % slotCount) * CHUNK_BYTES;
    await onChunk(ring.slots.subarray(from, from + chunkLength(sizeBytes, index)), index);
    Atomics.store(ring.taken, ROLE, index + 1);
    Atomics.add(ring.tick, 0, 1);
    Atomics.notify(ring.tick, 0);
  }
}

/** Waits without holding up the event loop. False when the task was called off. */
async function isFilled(ring: Ring, stopped: Int32Array, index: number): Promise<boolean> {
  for (;;) {
    // The tick is read before the conditions: a change after that makes the wait return at once.
    const tick = Atomics.load(ring.tick, 0);
    if (Atomics.load(stopped, 0) !== 0) return false;
    if (Atomics.load(ring.filled, 0) > index) return true;
    await Atomics.waitAsync(ring.tick, 0, tick).value;
  }
}
