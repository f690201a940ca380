import { WeighbridgeError } from '@weighbridge/core/errors';

/** @returns what a decoder throws for bytes that no encoder of `operation` writes */
export function malformedPayload(operation: string, why: string): WeighbridgeError {
  return new WeighbridgeError('MALFORMED', `${operation} payload: ${why}`, {
    hint: 'Fetch the update package again; if that does not help, the package was built wrongly.',
  });
}
