import { isWeighbridgeError } from '@weighbridge/core/errors';
import type { Outcome } from '@weighbridge/core/outcome';

/** @returns `OK`, or the code of the refusal; anything else that is thrown is thrown on */
export function outcomeOf(run: () => unknown): Outcome {
  try {
    run();
    return 'OK';
  } catch (error) {
    if (!isWeighbridgeError(error)) throw error;
    return error.code;
  }
}
