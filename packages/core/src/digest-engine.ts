import type { Digest, Sha256 } from './brands.js';

export type ChunkAlgorithm = 'sha3-512' | 'sha256';

/** An opened regular file. The engine reads by position and never closes it. */
export interface OpenedFile {
  readonly fd: number;
  /** Size at opening; exactly this many bytes are read, whatever the file does meanwhile. */
  readonly sizeBytes: number;
}

export interface DigestOptions {
  readonly signal?: AbortSignal;
  /** Called with the bytes that were digested since the last call, in steps of the engine's choice; adds up to the size. */
  readonly onBytes?: (bytes: number) => void;
}

export interface TapOptions extends DigestOptions {
  /**
   * Called with every chunk of 1 MiB, in order, one at a time; so that whoever stores a file needs no read of his own.
   * The buffer is the engine's again when the promise settled; a rejection ends the call with its reason.
   */
  readonly onChunk?: (chunk: Uint8Array, index: number) => Promise<void>;
}

export interface AllOptions extends TapOptions {
  /** Leaves that are known and were checked against the tree root: they are not digested once more. */
  readonly leaves?: Uint8Array;
}

export interface TreeDigests {
  readonly sizeBytes: number;
  /** tree-v1 root. */
  readonly tree: Digest;
  /** Concatenated leaves, 64 bytes a chunk. */
  readonly leaves: Uint8Array;
}

export interface FullDigests extends TreeDigests {
  /** SHA3-512 of the whole file, as `openssl dgst -sha3-512` prints it. */
  readonly whole: Digest;
  /** SHA-256 of the whole file: the Git LFS object id. */
  readonly sha256: Sha256;
  /** Concatenated SHA-256 of each chunk, 32 bytes a chunk: the leaves of the IPFS DAG. */
  readonly chunkSha256: Uint8Array;
}

/**
 * The door to whatever hashes files. Each byte is read once, memory does not grow with the file,
 * the event loop is never blocked for longer than a small file takes.
 *
 * Both calls reject with IO when the file cannot be read and with BUSY when it ends before `sizeBytes`
 * (somebody truncates it); an aborted signal rejects with its reason. They know no path: the caller
 * names it. A call that settled reads no more, so that the file may be closed at once.
 */
export interface DigestEngine {
  /** Shown in verdicts, for example `node-workers`. */
  readonly name: string;
  /** The tree alone, on all cores: what a device needs at boot. */
  digestTree(file: OpenedFile, options?: DigestOptions): Promise<TreeDigests>;
  /** All digests of a file from one read: what registration needs. */
  digestAll(file: OpenedFile, options?: AllOptions): Promise<FullDigests>;
  /**
   * One digest of a whole file, for whoever compares a stored object with its name. Costs less than to read it into memory and
   * hand that over.
   */
  digestWhole(algorithm: ChunkAlgorithm, file: OpenedFile, options?: DigestOptions): Promise<Uint8Array>;
  /** Digest of at most 1 MiB in memory. The buffer stays the caller's and must not change meanwhile. */
  digestChunk(algorithm: ChunkAlgorithm, chunk: Uint8Array): Promise<Uint8Array>;
  close(): Promise<void>;
}
