/**
 * What a worker thread of the engine runs: it takes one job at a time, reads the file by position and writes
 * digests into memory shared with the main thread. Imports nothing but Node.js, so that it runs from `src`,
 * from `dist` and beside a bundle as it is.
 */
import { createHash, hash } from 'node:crypto';
import { readSync } from 'node:fs';
import { parentPort } from 'node:worker_threads';

/**
 * @typedef {object} FileJob
 * @property {number} fd
 * @property {number} sizeBytes
 * @property {Int32Array} stopped one shared word; not 0 once the task is called off
 * @property {boolean} reportsProgress
 */

/**
 * Leaves alone; any number of workers share one job by claiming chunk after chunk.
 * @typedef {FileJob & { kind: 'tree', nextChunk: Int32Array, leaves: Uint8Array }} TreeJob
 */

/**
 * All digests of a file in one worker.
 * @typedef {FileJob & { kind: 'all', leaves: Uint8Array, chunkSha256: Uint8Array, knowsLeaves: boolean }} AllJob
 */

/**
 * Slots of one chunk each, between one reader and its consumers. Every change of a counter raises `tick`,
 * which is what everybody sleeps on.
 * @typedef {object} Ring
 * @property {Uint8Array} slots
 * @property {Int32Array} tick
 * @property {Int32Array} filled chunks read so far
 * @property {Int32Array} taken chunks done so far by `whole`, by `leaves` and, where there is one, by the main thread
 */

/**
 * One of three roles that digest one file together. The reader is the role with the lightest hash, so that
 * the one serial chain, the SHA3-512 of the whole file, never waits for the disk.
 * @typedef {FileJob & { kind: 'ring', role: 'read-sha256' | 'whole' | 'leaves', ring: Ring, leaves: Uint8Array, chunkSha256: Uint8Array }} RingJob
 */

/**
 * Bytes in memory that are nobody else's.
 * @typedef {{ kind: 'chunk', algorithm: 'sha3-512' | 'sha256', chunk: Uint8Array, stopped: Int32Array }} ChunkJob
 */

/**
 * One digest of a file.
 * @typedef {FileJob & { kind: 'file', algorithm: 'sha3-512' | 'sha256' }} WholeJob
 */

/** @typedef {TreeJob | AllJob | RingJob | WholeJob | ChunkJob} Job */

/**
 * `ended`: the file is shorter than `sizeBytes`; `unreadable`: the system refused to read; `failed`: a fault of ours.
 * An error is told by its code and message, since only these survive the way to another thread.
 * @typedef {{ kind: 'ended' | 'unreadable' | 'failed', at: number, code?: string, message?: string }} Fault
 */

/** @typedef {{ bytes: number, done: boolean, whole?: string, sha256?: string, digest?: Uint8Array, fault?: Fault }} Report */

const CHUNK_BYTES = 1_048_576;
const LEAF_BYTES = 64;
const SHA256_BYTES = 32;
const REPORT_INTERVAL_MS = 50;

/** Ends a job without a fault of its own: the caller or another role called it off. */
class CalledOff extends Error {}

class ReadFault extends Error {
  /** @param {Fault} fault */
  constructor(fault) {
    super(fault.kind);
    this.fault = fault;
  }
}

/** @type {Uint8Array | undefined} */
let privateChunk;

/** Bytes not yet reported, and when the last report was sent. */
let unreported = 0;
let reportedAt = 0;

parentPort?.on('message', (/** @type {Job} */ job) => {
  unreported = 0;
  reportedAt = performance.now();
  /** @type {Partial<Report>} */
  let outcome;
  try {
    outcome = run(job);
  } catch (error) {
    outcome = error instanceof CalledOff ? {} : { fault: faultOf(error) };
    callOff(job);
  }
  send({ bytes: unreported, done: true, ...outcome });
});

/** @param {Job} job */
function run(job) {
  if (job.kind === 'chunk') return { digest: hash(job.algorithm, job.chunk, 'buffer') };
  if (job.kind === 'file') return digestFile(job);
  if (job.kind === 'tree') return digestTree(job);
  if (job.kind === 'all') return digestAll(job);
  if (job.role === 'read-sha256') return readAndSha256(job);
  return job.role === 'whole' ? digestWhole(job) : digestLeaves(job);
}

/** @param {WholeJob} job */
function digestFile(job) {
  const digest = createHash(job.algorithm);
  for (let index = 0; index < chunkCount(job); index += 1) {
    requireWanted(job);
    const chunk = readChunk(job, index, ownChunk());
    digest.update(chunk);
    report(job, chunk.length);
  }
  return { digest: digest.digest() };
}

/** @param {TreeJob} job */
function digestTree(job) {
  const chunks = chunkCount(job);
  for (;;) {
    const index = Atomics.add(job.nextChunk, 0, 1);
    if (index >= chunks) return {};
    requireWanted(job);
    const chunk = readChunk(job, index, ownChunk());
    job.leaves.set(sha3(chunk), index * LEAF_BYTES);
    report(job, chunk.length);
  }
}

/** @param {AllJob} job */
function digestAll(job) {
  const whole = createHash('sha3-512');
  const sha256 = createHash('sha256');
  const chunks = chunkCount(job);
  for (let index = 0; index < chunks; index += 1) {
    requireWanted(job);
    const chunk = readChunk(job, index, ownChunk());
    if (!job.knowsLeaves) job.leaves.set(sha3(chunk), index * LEAF_BYTES);
    job.chunkSha256.set(hash('sha256', chunk, 'buffer'), index * SHA256_BYTES);
    // The digests of a file of one chunk are those of its chunk, where both are taken.
    if (chunks > 1 || job.knowsLeaves) {
      whole.update(chunk);
      sha256.update(chunk);
    }
    report(job, chunk.length);
  }
  if (chunks === 1 && !job.knowsLeaves) return { whole: hex(job.leaves), sha256: hex(job.chunkSha256) };
  return { whole: whole.digest('hex'), sha256: sha256.digest('hex') };
}

/** @param {RingJob} job */
function readAndSha256(job) {
  const sha256 = createHash('sha256');
  const chunks = chunkCount(job);
  for (let index = 0; index < chunks; index += 1) {
    waitUntil(job, () => index - takenByAll(job.ring) < slotCount(job));
    const chunk = readChunk(job, index, slot(job, index));
    Atomics.store(job.ring.filled, 0, index + 1);
    wake(job.ring);
    sha256.update(chunk);
    job.chunkSha256.set(hash('sha256', chunk, 'buffer'), index * SHA256_BYTES);
  }
  return { sha256: sha256.digest('hex') };
}

/** @param {RingJob} job */
function digestWhole(job) {
  const whole = createHash('sha3-512');
  consume(job, 0, (chunk) => {
    whole.update(chunk);
    report(job, chunk.length);
  });
  return { whole: whole.digest('hex') };
}

/** @param {RingJob} job */
function digestLeaves(job) {
  consume(job, 1, (chunk, index) => job.leaves.set(sha3(chunk), index * LEAF_BYTES));
  return {};
}

/**
 * @param {RingJob} job
 * @param {number} role
 * @param {(chunk: Uint8Array, index: number) => void} digest
 */
function consume(job, role, digest) {
  const chunks = chunkCount(job);
  for (let index = 0; index < chunks; index += 1) {
    waitUntil(job, () => Atomics.load(job.ring.filled, 0) > index);
    digest(slot(job, index), index);
    Atomics.store(job.ring.taken, role, index + 1);
    wake(job.ring);
  }
}

/**
 * @param {RingJob} job
 * @param {() => boolean} holds
 */
function waitUntil(job, holds) {
  for (;;) {
    // The tick is read before the condition: a change after that makes the wait return at once.
    const tick = Atomics.load(job.ring.tick, 0);
    requireWanted(job);
    if (holds()) return;
    Atomics.wait(job.ring.tick, 0, tick);
  }
}

/** @param {Ring} ring */
function takenByAll(ring) {
  let least = Atomics.load(ring.taken, 0);
  for (let role = 1; role < ring.taken.length; role += 1) least = Math.min(least, Atomics.load(ring.taken, role));
  return least;
}

/** @param {Ring} ring */
function wake(ring) {
  Atomics.add(ring.tick, 0, 1);
  Atomics.notify(ring.tick, 0);
}

/** @param {Job} job */
function callOff(job) {
  Atomics.store(job.stopped, 0, 1);
  if (job.kind === 'ring') wake(job.ring);
}

/** @param {FileJob} job */
function requireWanted(job) {
  if (Atomics.load(job.stopped, 0) !== 0) throw new CalledOff();
}

/**
 * The bytes of one chunk, at the start of `into`.
 * @param {FileJob} job
 * @param {number} index
 * @param {Uint8Array} into
 */
function readChunk(job, index, into) {
  const from = index * CHUNK_BYTES;
  const length = Math.min(CHUNK_BYTES, job.sizeBytes - from);
  for (let have = 0; have < length; ) {
    const got = readSome(job.fd, into.subarray(have, length), from + have);
    if (got === 0) throw new ReadFault({ kind: 'ended', at: from + have });
    have += got;
  }
  return into.subarray(0, length);
}

/**
 * @param {number} fd
 * @param {Uint8Array} into
 * @param {number} at
 */
function readSome(fd, into, at) {
  try {
    return readSync(fd, into, 0, into.length, at);
  } catch (error) {
    throw new ReadFault({ kind: 'unreadable', at, ...tellable(error) });
  }
}

/** @param {unknown} error @returns {Fault} */
function faultOf(error) {
  return error instanceof ReadFault ? error.fault : { kind: 'failed', at: 0, ...tellable(error) };
}

/** @param {unknown} error */
function tellable(error) {
  const { code, message } = /** @type {NodeJS.ErrnoException} */ (error);
  return code === undefined ? { message } : { code, message };
}

/**
 * @param {FileJob} job
 * @param {number} bytes
 */
function report(job, bytes) {
  unreported += bytes;
  const now = performance.now();
  if (!job.reportsProgress || now - reportedAt < REPORT_INTERVAL_MS) return;
  send({ bytes: unreported, done: false });
  unreported = 0;
  reportedAt = now;
}

/** @param {Report} message */
function send(message) {
  parentPort?.postMessage(message);
}

function ownChunk() {
  privateChunk ??= new Uint8Array(CHUNK_BYTES);
  return privateChunk;
}

/**
 * @param {RingJob} job
 * @param {number} index
 */
function slot(job, index) {
  const from = (index % slotCount(job)) * CHUNK_BYTES;
  return job.ring.slots.subarray(from, from + Math.min(CHUNK_BYTES, job.sizeBytes - index * CHUNK_BYTES));
}

/** @param {RingJob} job */
function slotCount(job) {
  return job.ring.slots.length / CHUNK_BYTES;
}

/** @param {FileJob} job */
function chunkCount(job) {
  return Math.ceil(job.sizeBytes / CHUNK_BYTES);
}

/** @param {Uint8Array} bytes */
function sha3(bytes) {
  return hash('sha3-512', bytes, 'buffer');
}

/** @param {Uint8Array} bytes */
function hex(bytes) {
  return Buffer.from(bytes).toString('hex');
}
