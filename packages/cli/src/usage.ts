import { WeighbridgeError } from '@weighbridge/core/errors';

/** A mistake of whoever wrote the command line. */
export function usage(message: string, hint: string): WeighbridgeError {
  return new WeighbridgeError('USAGE', message, { hint });
}
