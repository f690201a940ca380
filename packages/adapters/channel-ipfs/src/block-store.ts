import { closeSync, lstatSync } from 'node:fs';
import { lstat, readdir, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isWeighbridgeError, WeighbridgeError } from '@weighbridge/core/errors';
import { CHUNK_BYTES } from '@weighbridge/core/tree';
import { makeFolderDurably } from '@weighbridge/durable-files/durable-folder';
import { syncFolder } from '@weighbridge/durable-files/durable-sync';
import { writeDurably } from '@weighbridge/durable-files/durable-write';
import { asIoError, saysAbsent } from '@weighbridge/durable-files/io-error';
import { type Cid, cidText, parseCid } from '@weighbridge/manifest/cid-bytes';
import { ChunkMemory } from './chunk-memory.js';
import { openBlockFile, readAndClose } from './block-file.js';
import { absentBlock, type Blocks, type DigestChunk, hostileBlock, isBlock } from './blocks.js';

/** Blocks as files, one each, bare bytes: `<folder>/<two characters of the CID>/<CID>`. */
export interface BlockStore extends Blocks {
  /** Path of a block's file. */
  pathOf(cid: Cid): string;
  /** Keeps a block: what is there and right stays. @throws IO */
  put(cid: Cid, block: Uint8Array): Promise<void>;
  /**
   * Gives a file that is already durable in this file system a block's name, or removes it where that block is there
   * and right. The name is durable after `sync`. @throws IO
   */
  adopt(cid: Cid, path: string): Promise<void>;
  /** Makes all names durable that were given since. @throws IO */
  sync(): Promise<void>;
  sizeBytes(signal?: AbortSignal): Promise<number>;
}

export function createBlockStore(folder: string, digestChunk: DigestChunk): BlockStore {
  const unsynced = new Set<string>();
  const memory = new ChunkMemory();
  const pathOf = (cid: Cid): string => {
    const text = cidText(cid.bytes);
    return join(folder, text.slice(-3, -1), text);
  };
  const store: BlockStore = {
    location: folder,
    pathOf,
    async read(cid, maxBytes, signal, into) {
      signal?.throwIfAborted();
      return readBlock(folder, cid, pathOf(cid), maxBytes, into);
    },
    async put(cid, block) {
      const path = pathOf(cid);
      if (await holds({ store, digestChunk, memory }, cid, block.length)) {
        unsynced.add(dirname(path));
        return;
      }
      await makeFolderDurably(dirname(path), 0o700);
      await makeRoom(path);
      await writeDurably(path, block, { mode: 0o600 });
    },
    async adopt(cid, from) {
      const path = pathOf(cid);
      try {
        if (await holds({ store, digestChunk, memory }, cid, (await lstat(from)).size)) await unlink(from);
        else {
          await makeFolderDurably(dirname(path), 0o700);
          await rename(from, path);
        }
      } catch (cause) {
        throw asIoError('keep the block', path, cause);
      }
      unsynced.add(dirname(path));
    },
    async sync() {
      for (const bucket of [...unsynced]) {
        unsynced.delete(bucket);
        await syncFolder(bucket).catch((cause: unknown) => {
          throw asIoError('sync', bucket, cause);
        });
      }
    },
    sizeBytes: (signal) => sizeOf(folder, signal),
  };
  return store;
}

async function readBlock(
  folder: string,
  cid: Cid,
  path: string,
  maxBytes: number,
  into?: Uint8Array,
): Promise<Uint8Array> {
  const place = { location: folder };
  try {
    const opened = openBlockFile(path);
    if (opened === 'absent') throw absentBlock(place, cid);
    if (typeof opened === 'string') throw hostileBlock(place, cid, `is a ${opened}, no regular file`);
    if (opened.sizeBytes > maxBytes) {
      closeSync(opened.fd);
      throw tooLarge(folder, cid, opened.sizeBytes, maxBytes);
    }
    return await readAndClose(opened, into);
  } catch (cause) {
    throw asIoError('read the block', path, cause);
  }
}

interface HoldsDoors {
  readonly store: Blocks;
  readonly digestChunk: DigestChunk;
  readonly memory: ChunkMemory;
}

/** Whether a block is there and right; a rotten or foreign thing under its name does not count. */
async function holds({ store, digestChunk, memory }: HoldsDoors, cid: Cid, length: number): Promise<boolean> {
  try {
    if (length > CHUNK_BYTES) return await isBlock(digestChunk, cid, await store.read(cid, length));
    const into = (bytes: Uint8Array) => store.read(cid, length, undefined, bytes);
    return await memory.lend(length, async (bytes) => isBlock(digestChunk, cid, await into(bytes)));
  } catch (error) {
    if (isWeighbridgeError(error)) return false;
    throw error;
  }
}

/** A symlink or a FIFO under a block's name is not written through. */
async function makeRoom(path: string): Promise<void> {
  try {
    if (!(await lstat(path)).isFile()) await unlink(path);
  } catch (cause) {
    if (!saysAbsent(cause)) throw asIoError('remove', path, cause);
  }
}

/** Bucket by bucket: each is looked at synchronously, which takes a tenth of the time. */
async function sizeOf(folder: string, signal?: AbortSignal): Promise<number> {
  let sum = 0;
  for (const bucket of await namesIn(folder)) {
    signal?.throwIfAborted();
    for (const name of await namesIn(join(folder, bucket))) {
      if (parseCid(name) !== undefined)
        sum += lstatSync(join(folder, bucket, name), { throwIfNoEntry: false })?.size ?? 0;
    }
  }
  return sum;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    if (saysAbsent(cause)) return [];
    throw asIoError('list', folder, cause);
  }
}

function tooLarge(folder: string, { bytes }: Cid, sizeBytes: number, maxBytes: number): WeighbridgeError {
  return new WeighbridgeError(
    'LIMIT',
    `the block ${cidText(bytes)} in ${folder} has ${sizeBytes} bytes, more than the ${maxBytes} that it can have`,
    { hint: 'publish the release again from the original files', details: { channel: 'ipfs' } },
  );
}
