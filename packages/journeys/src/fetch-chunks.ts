import type { DigestEngine } from '@weighbridge/core/digest-engine';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { bytesEqual, toHex } from '@weighbridge/core/hex';
import { showPath } from '@weighbridge/core/paths';
import { CHUNK_BYTES, leafAt } from '@weighbridge/core/tree';
import type { ManifestFile } from '@weighbridge/manifest/manifest';
import type { Channel, PublishedRelease } from '@weighbridge/ports/channel';
import type { FetchedFile, FetchPlace } from '@weighbridge/ports/fetch-place';
import type { ProgressListener } from '@weighbridge/ports/progress';
import { type ChannelFault, faultOf, wrongChunk } from './channel-fault.js';
import { type ChunkRun, FetchPlan } from './fetch-plan.js';
import { withIdleLimit } from './idle-limit.js';
import { wholeChunks } from './whole-chunks.js';

/**
 * Chunks that are on their way at a time, whatever the number of channels: more would not be faster, since each is
 * digested before the next is taken, and this is what a kill repeats.
 */
const LANES = 2;

/** A channel that trickles is as good as one that stalls. */
const IDLE_TIMES_A_CHUNK = 10;

export interface FetchChunksDoors {
  /** In order of preference; at least one. */
  readonly channels: readonly Channel[];
  readonly place: FetchPlace;
  readonly engine: DigestEngine;
  readonly progress: ProgressListener;
  readonly signal: AbortSignal;
  /** How long a channel may give nothing. */
  readonly idleMs: number;
}

/** Leaves of a file, already checked against its tree root. */
export type KnownLeaves = ReadonlyMap<string, Uint8Array>;

/**
 * Fetches runs of chunks from all channels at once. Each chunk is compared with its leaf before it is written; what one
 * channel cannot give is taken from another.
 * @returns what channels did wrong and others made good
 * @throws TAMPERED when a chunk is wrong on one channel and no other has it; UNVERIFIABLE when no channel gives it at all;
 *   IO when every channel's disk refuses, or the own disk
 */
export async function fetchChunks(
  doors: FetchChunksDoors,
  release: PublishedRelease,
  runs: readonly ChunkRun[],
  leaves: KnownLeaves,
): Promise<ChannelFault[]> {
  const faults: ChannelFault[] = [];
  const stop = new AbortController();
  const signal = AbortSignal.any([doors.signal, stop.signal]);
  const plan = new FetchPlan(
    runs,
    doors.channels.map(({ name }) => name),
    (run) => stop.abort(lostChunk(release, run)),
  );
  const lane = async (channel: Channel): Promise<void> => {
    try {
      for (let run = await plan.next(channel.name, signal); run; run = await plan.next(channel.name, signal)) {
        await fetchRun({ ...doors, signal, channel, release, plan, leaves, faults }, run).finally(() => plan.end());
      }
    } catch (error) {
      stop.abort(error);
      throw error;
    }
  };
  const lanes = Array.from({ length: Math.max(LANES, doors.channels.length) }, (_, index) =>
    lane(doors.channels[index % doors.channels.length]!),
  );
  const ended = await Promise.allSettled(lanes);
  doors.signal.throwIfAborted();
  signal.throwIfAborted();
  const failure = ended.find((end) => end.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
  return faults;
}

interface RunDoors extends FetchChunksDoors {
  readonly channel: Channel;
  readonly release: PublishedRelease;
  readonly plan: FetchPlan;
  readonly leaves: KnownLeaves;
  readonly faults: ChannelFault[];
}

async function fetchRun(doors: RunDoors, run: ChunkRun): Promise<void> {
  const opened = await doors.place.open(run.file.path, run.file.size);
  try {
    await fillRun(doors, run, opened);
    await opened.sync();
  } finally {
    await opened.close();
  }
}

async function fillRun(doors: RunDoors, run: ChunkRun, opened: FetchedFile): Promise<void> {
  const { channel, plan, faults, progress } = doors;
  const { file } = run;
  const chunks = chunksFrom(doors, run);
  try {
    for (let index = run.first; index < run.end; index += 1) {
      let chunk: Uint8Array;
      try {
        chunk = await nextChunk(chunks);
      } catch (error) {
        doors.signal.throwIfAborted();
        const fault = faultOf(channel.name, file.path, error, index);
        faults.push(fault);
        plan.giveBack({ ...run, first: index }, fault);
        return;
      }
      plan.praise(channel.name);
      const fault = await check(doors, file, index, chunk);
      if (fault === undefined) {
        await opened.write(index, chunk);
        progress.advance(chunk.length);
      } else {
        faults.push(fault);
        plan.giveBack({ ...run, first: index, end: index + 1 }, fault);
      }
    }
  } finally {
    await chunks.return(undefined);
  }
}

function chunksFrom({ channel, release, idleMs, signal }: RunDoors, { file, first, end }: ChunkRun) {
  const pieces = (until: AbortSignal) =>
    withIdleLimit((ended) => channel.open(release, file, first * CHUNK_BYTES, ended), idleMs, until);
  const chunks = (until: AbortSignal) => wholeChunks(pieces(until), file.size, first, end);
  return withIdleLimit(chunks, idleMs * IDLE_TIMES_A_CHUNK, signal);
}

async function nextChunk(chunks: AsyncGenerator<Uint8Array, void, undefined>): Promise<Uint8Array> {
  const result = await chunks.next();
  if (result.done !== true) return result.value;
  throw new Error('a run of chunks ended without an error');
}

async function check(
  { engine, leaves, channel }: RunDoors,
  file: ManifestFile,
  index: number,
  chunk: Uint8Array,
): Promise<ChannelFault | undefined> {
  const expected = leafAt(leaves.get(file.tree)!, index);
  const found = await engine.digestChunk('sha3-512', chunk);
  return bytesEqual(expected, found)
    ? undefined
    : wrongChunk(channel.name, file.path, index, toHex(expected), toHex(found));
}

/** The refusal for a chunk that no channel gives. */
function lostChunk({ ref }: PublishedRelease, { file, first, faults }: ChunkRun): WeighbridgeError {
  const worst = faults.find(({ problem }) => problem === 'wrong') ?? faults[0]!;
  const { message: _, problem, ...details } = { release: ref.name, ...worst, chunk: worst.chunk ?? first };
  const what = faults.map(({ message }) => message).join('; ');
  if (problem === 'wrong') {
    return new WeighbridgeError('TAMPERED', `no channel has chunk ${first} of ${showPath(file.path)}: ${what}`, {
      hint: 'do not load it; have the publisher register and publish the same files again',
      details,
    });
  }
  const code = faults.every((fault) => fault.problem === 'unreadable') ? 'IO' : 'UNVERIFIABLE';
  return new WeighbridgeError(code, `no channel gives chunk ${first} of ${showPath(file.path)}: ${what}`, {
    hint: 'check with `weighbridge doctor` which channels can be reached, then run the same command again: it goes on where it stopped',
    details,
  });
}
