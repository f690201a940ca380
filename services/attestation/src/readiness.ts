import { isWeighbridgeError } from '@weighbridge/core/errors';
import type { ModelName } from '@weighbridge/core/brands';
import type { AttestationDoors } from './attestation-doors.js';

const LIMIT_MS = 2_500;

export interface PartState {
  readonly name: string;
  readonly state: 'ok' | 'unusable';
  /** For anybody to read: no place and no secret stands in it. */
  readonly problem: string | null;
}

/** Asks the parts without which nothing goes, all at the same time and not for long. */
export function readiness({ chain, queue }: Pick<AttestationDoors, 'chain' | 'queue'>): Promise<PartState[]> {
  return Promise.all([look('chain', chain.model('weighbridge/readiness' as ModelName)), look('queue', queue.probe())]);
}

async function look(name: string, answer: Promise<unknown>): Promise<PartState> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), LIMIT_MS);
  });
  try {
    const first = await Promise.race([answer, limit]);
    return first === 'late' ? unusable(name, 'does not answer') : { name, state: 'ok', problem: null };
  } catch (error) {
    return unusable(name, isWeighbridgeError(error) ? error.code : 'INTERNAL');
  } finally {
    clearTimeout(timer);
    answer.catch(() => {});
  }
}

function unusable(name: string, problem: string): PartState {
  return { name, state: 'unusable', problem };
}
