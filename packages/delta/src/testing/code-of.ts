import { isWeighbridgeError } from '@weighbridge/core/errors';

/** What a call ends with: `OK`, or the code of the refusal that it throws. Anything else that it throws goes on. */
export function codeOf(task: () => unknown): string {
  try {
    task();
    return 'OK';
  } catch (error) {
    if (!isWeighbridgeError(error)) throw error;
    return error.code;
  }
}
