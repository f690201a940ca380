import { isWeighbridgeError } from '@weighbridge/core/errors';
import { showPath } from '@weighbridge/core/paths';
import type { ChannelName } from '@weighbridge/ports/channel';

/**
 * What a channel did wrong. `wrong`: what it gave is not what was registered; `missing`: it does not hold it or cannot be
 * reached; `stalled`: it stopped giving; `unreadable`: its own disk refused.
 */
export interface ChannelFault {
  readonly channel: ChannelName;
  readonly problem: 'wrong' | 'missing' | 'stalled' | 'unreadable';
  /** As it is shown; `manifest.json` for the manifest. */
  readonly file: string;
  readonly chunk?: number;
  readonly expected?: string;
  readonly found?: string;
  readonly message: string;
}

/** A channel that gave nothing for too long. */
export class Stalled extends Error {
  constructor(readonly seconds: number) {
    super(`gave nothing for ${seconds} seconds`);
  }
}

/** What an error of a channel means; throws it again when it is no channel's fault. */
export function faultOf(channel: ChannelName, path: string, error: unknown, chunk?: number): ChannelFault {
  const place = { channel, file: showPath(path), ...(chunk === undefined ? {} : { chunk }) };
  const where = `${place.file}${chunk === undefined ? '' : `, chunk ${chunk}`}`;
  if (error instanceof Stalled)
    return { ...place, problem: 'stalled', message: `${channel}: ${where}: ${error.message}` };
  if (!isWeighbridgeError(error) || error.code === 'INTERNAL') throw error;
  return { ...place, problem: problemOf(error.code), message: `${channel}: ${where}: ${error.message}` };
}

/** A chunk whose digest is not the registered leaf. */
export function wrongChunk(
  channel: ChannelName,
  path: string,
  chunk: number,
  expected: string,
  found: string,
): ChannelFault {
  const file = showPath(path);
  const message = `${channel}: ${file}, chunk ${chunk}: not the registered bytes (expected ${short(expected)}, found ${short(found)})`;
  return { channel, problem: 'wrong', file, chunk, expected, found, message };
}

function problemOf(code: string): ChannelFault['problem'] {
  if (code === 'IO') return 'unreadable';
  return code === 'UNVERIFIABLE' || code === 'BUSY' || code === 'USAGE' ? 'missing' : 'wrong';
}

function short(digest: string): string {
  return digest.length > 16 ? `${digest.slice(0, 12)}…` : digest;
}
