import type { ManifestFile } from '@weighbridge/manifest/manifest';
import type { ChannelName } from '@weighbridge/ports/channel';
import type { ChannelFault } from './channel-fault.js';

/** Chunks of one file that are fetched in a row, from `first` to before `end`. */
export interface ChunkRun {
  readonly file: ManifestFile;
  readonly first: number;
  readonly end: number;
  /** Channels that could not give it, with what they did. */
  readonly faults: readonly ChannelFault[];
}

/** So many chunks are asked for at once: few enough that two channels share one file. */
const RUN_CHUNKS = 64;
/** A channel that stalls so often in a row is not asked again. */
const STALLS = 2;

/** Cuts the wanted chunks of a file, in ascending order, into runs. */
export function runsOf(file: ManifestFile, wanted: readonly number[]): ChunkRun[] {
  const runs: ChunkRun[] = [];
  for (const index of wanted) {
    const last = runs.at(-1);
    if (last !== undefined && last.end === index && index - last.first < RUN_CHUNKS)
      runs[runs.length - 1] = { ...last, end: index + 1 };
    else runs.push({ file, first: index, end: index + 1, faults: [] });
  }
  return runs;
}

/**
 * Who fetches what. Each channel's lanes take runs that the channel did not fail yet; what it fails goes to the others.
 * A run that nobody can give is lost, and with it the fetch.
 */
export class FetchPlan {
  private readonly queue: ChunkRun[];
  private running = 0;
  private readonly stalls = new Map<ChannelName, number>();
  private waiting: (() => void)[] = [];

  /** @param onLost called for the first run that no channel is left for */
  constructor(
    runs: readonly ChunkRun[],
    private readonly channels: readonly ChannelName[],
    private readonly onLost: (run: ChunkRun) => void,
  ) {
    this.queue = [...runs];
  }

  /** The next run for a channel; undefined when everything is settled or the channel is given up. */
  async next(channel: ChannelName, signal: AbortSignal): Promise<ChunkRun | undefined> {
    for (;;) {
      signal.throwIfAborted();
      if (this.isGivenUp(channel)) return undefined;
      const at = this.queue.findIndex((run) => !hasFailed(run, channel));
      if (at >= 0) {
        this.running += 1;
        return this.queue.splice(at, 1)[0];
      }
      if (this.running === 0 && this.queue.length === 0) return undefined;
      await this.change(signal);
    }
  }

  /** A channel has given something: what came before was no stall for good. */
  praise(channel: ChannelName): void {
    this.stalls.delete(channel);
  }

  /** Puts back what a channel failed to give. */
  giveBack(run: ChunkRun, fault: ChannelFault): void {
    if (fault.problem === 'stalled') this.stalls.set(fault.channel, (this.stalls.get(fault.channel) ?? 0) + 1);
    this.queue.push({ ...run, faults: [...run.faults, fault] });
    const lost = this.queue.find((waiting) => this.channels.every((name) => !this.mayGive(waiting, name)));
    if (lost !== undefined) this.onLost(lost);
    this.wake();
  }

  /** Ends what `next` gave out. */
  end(): void {
    this.running -= 1;
    this.wake();
  }

  private mayGive(run: ChunkRun, channel: ChannelName): boolean {
    return !hasFailed(run, channel) && !this.isGivenUp(channel);
  }

  private isGivenUp(channel: ChannelName): boolean {
    return (this.stalls.get(channel) ?? 0) >= STALLS;
  }

  private wake(): void {
    for (const wake of this.waiting.splice(0)) wake();
  }

  private change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        signal.removeEventListener('abort', wake);
        resolve();
      };
      signal.addEventListener('abort', wake, { once: true });
      this.waiting.push(wake);
    });
  }
}

function hasFailed(run: ChunkRun, channel: ChannelName): boolean {
  return run.faults.some((fault) => fault.channel === channel);
}
