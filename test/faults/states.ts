import { join } from 'node:path';
import type { DiskImage } from './disk-image.js';
import { type TracedEnd, tracedRun } from './traced-run.js';

/** What the disk holds after a power cut at some point of a command. */
export interface DiskState {
  readonly image: DiskImage;
  /** The mutating call that had just been made; `exit` when the command had ended. */
  readonly after: string;
  /** Whether the command had said OK. */
  readonly acknowledged: boolean;
}

export interface Walk {
  readonly end: TracedEnd;
  /** Mutating calls on the disk: points of a cut. */
  readonly points: number;
  /** The disk's states at those points, each once, and the one at the end. */
  readonly states: readonly DiskState[];
}

export interface WalkOptions {
  /** `synced`: only what was fsynced is there; `all`: whatever was written. */
  readonly reached: 'synced' | 'all';
  /** Where copies of the image are put. */
  readonly copies: string;
}

/** Runs a command once on a mounted image and keeps what the disk holds after each of its mutating calls. */
export async function walk(image: DiskImage, args: readonly string[], { reached, copies }: WalkOptions): Promise<Walk> {
  const states: DiskState[] = [];
  let before = image.written();
  let points = 0;
  const keep = (after: string, acknowledged: boolean) => {
    if (reached === 'all') image.settle();
    const written = image.written();
    if (written === before && after !== 'exit') return;
    before = written;
    states.push({ image: image.copy(join(copies, `${states.length}.img`)), after, acknowledged });
  };
  const end = await tracedRun(args, {
    folder: image.folder,
    onCall: (call, answered) => {
      points += 1;
      keep(call.text.slice(0, 160), answered);
    },
  });
  const said = end.answer.outcome === 'OK';
  keep('exit', said);
  return { end, points, states: states.map((state) => ({ ...state, acknowledged: state.acknowledged && said })) };
}
