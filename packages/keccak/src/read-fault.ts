import { WeighbridgeError } from '@weighbridge/core/errors';
import type { Fault } from './digest-worker.js';

/** The refusal that a fault of reading stands for; the caller knows the file's name and adds it. */
export function refusalOf(fault: Fault, sizeBytes: number): WeighbridgeError {
  const cause = fault.message === undefined ? undefined : Object.assign(new Error(fault.message), { code: fault.code });
  if (fault.kind === 'ended') {
    return new WeighbridgeError('BUSY', `the file ends at byte ${fault.at} of ${sizeBytes}: something shortens it`, {
      hint: 'stop whatever writes to the folder and run the command again',
    });
  }
  if (fault.kind === 'unreadable') {
    return new WeighbridgeError('IO', `the file cannot be read at byte ${fault.at}: ${fault.code ?? fault.message}`, {
      hint: 'check the disk and the permissions of the file, then run the command again',
      cause,
    });
  }
  return new WeighbridgeError('INTERNAL', `a digest worker failed: ${fault.message}`, { cause });
}
