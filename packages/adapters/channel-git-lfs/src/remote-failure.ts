import { isWeighbridgeError, WeighbridgeError } from '@weighbridge/core/errors';
import { showText } from '@weighbridge/core/show-text';

/** @param location a URL without credentials */
export function remoteFailure(location: string, problem: string, cause?: unknown): WeighbridgeError {
  return new WeighbridgeError('UNVERIFIABLE', `${showText(location)} ${problem}`, {
    hint: 'check the address and that the server is running, or fetch from another channel',
    details: { channel: 'git-lfs' },
    cause,
  });
}

/** What to throw for a failure on the way: ours as it is, the signal's reason when that is aborted. */
export function asRemoteFailure(location: string, cause: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted === true) return signal.reason;
  return isWeighbridgeError(cause) ? cause : remoteFailure(location, 'cannot be reached or broke off', cause);
}

export function gaveTooMuch(location: string, maxBytes: number): WeighbridgeError {
  return new WeighbridgeError('LIMIT', `${showText(location)} gives more than ${maxBytes} bytes`, {
    hint: 'do not use this server; fetch from another channel',
    details: { channel: 'git-lfs' },
  });
}
