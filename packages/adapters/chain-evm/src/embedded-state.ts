import { WeighbridgeError } from '@weighbridge/core/errors';
import { inspectStateFile, previousStatePath, type StateFile, type StateFileFinding, statePath } from './state-file.js';

/** The state that an embedded chain starts from. */
export interface EmbeddedState {
  /** Absent for a chain that is yet to be. */
  readonly file: StateFile | undefined;
  /** The newest state is lost, and with it at most the last transaction, which the journal has. */
  readonly isFallback: boolean;
  /** What can no longer be lost: the newest block of the state before; -1 for none. */
  readonly settledBlock: number;
}

/**
 * Chooses the newest good state.
 *
 * A reader does not fall back: it would show a chain without its last change, which may be a revocation.
 * @param hasUnsettled whether transactions are journalled that a chain which is gone has taken along
 * @throws UNVERIFIABLE naming the damaged file
 */
export async function chooseState(folder: string, writable: boolean, hasUnsettled: boolean): Promise<EmbeddedState> {
  const newest = await inspectStateFile(statePath(folder));
  const previous = await inspectStateFile(previousStatePath(folder));
  const settledBlock = typeof previous === 'object' ? previous.blockNumber : -1;
  if (typeof newest === 'object') return { file: newest, isFallback: false, settledBlock };
  if (newest === 'absent' && previous === 'absent') return chooseFresh(folder, writable, hasUnsettled);
  if (!writable || typeof previous !== 'object') throw lost(folder, newest, previous);
  return { file: previous, isFallback: true, settledBlock };
}

function chooseFresh(folder: string, writable: boolean, hasUnsettled: boolean): EmbeddedState {
  if (!writable) {
    throw new WeighbridgeError('UNVERIFIABLE', `there is no chain in ${folder} yet`, {
      hint: 'claim a namespace first: weighbridge namespace claim NAMESPACE; or set WEIGHBRIDGE_HOME to a home that has one',
    });
  }
  if (hasUnsettled) {
    throw new WeighbridgeError(
      'UNVERIFIABLE',
      `${statePath(folder)} is gone, though transactions were made on that chain`,
      {
        hint: 'restore the folder from a backup; or move the journal away to begin a chain anew',
      },
    );
  }
  return { file: undefined, isFallback: false, settledBlock: -1 };
}

function lost(folder: string, newest: StateFileFinding, previous: StateFileFinding): WeighbridgeError {
  const problem = newest === 'absent' ? 'is gone' : 'is damaged';
  const hint =
    typeof previous === 'object'
      ? 'the next command that writes restores it, without loss, from the state before and the journal'
      : 'restore the folder from a backup';
  return new WeighbridgeError('UNVERIFIABLE', `${statePath(folder)} ${problem}`, { hint });
}
