import type { RelativePath } from '@weighbridge/core/brands';
import type { FullDigests } from '@weighbridge/core/digest-engine';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { fromHex } from '@weighbridge/core/hex';
import { showPath } from '@weighbridge/core/paths';
import { CHUNK_BYTES, chunkCount } from '@weighbridge/core/tree';
import {
  type Cid,
  cidBytes,
  cidText,
  parseCid,
  RAW,
  readCid,
  SHA2_256,
  SHA3_512,
} from '@weighbridge/manifest/cid-bytes';
import { type DagLink, fileDag } from '@weighbridge/manifest/unixfs-dag';
import type { ManifestFile } from '@weighbridge/manifest/manifest';
import type {
  ChannelReceipt,
  CompleteOptions,
  FileSink,
  Publication,
  ReleaseToPublish,
} from '@weighbridge/ports/channel';
import type { BlockStore } from './block-store.js';
import { type DigestChunk, MAX_BLOCK_BYTES, readVerified } from './blocks.js';
import { ChunkMemory } from './chunk-memory.js';
import { type FileLeaf, fileLeaves } from './file-leaves.js';
import { readAhead } from './read-ahead.js';
import type { Receipts } from './receipts.js';
import { buildReleaseFolder, leavesPath, MANIFEST_PATH } from './release-folder.js';
import type { WaitingChunks } from './waiting-chunks.js';

const SHA256_BYTES = 32;
/** Blocks that are read back at a time. */
const LANES = 4;
/** Each waits for its own fsyncs; together they take a fifth of the time. */
const FILES_AT_ONCE = 16;

interface WaitingFile {
  readonly number: number;
  readonly sizeBytes: number;
  readonly chunkSha256: Uint8Array;
}

export interface PublicationDoors {
  readonly store: BlockStore;
  readonly receipts: Receipts;
  readonly waiting: WaitingChunks;
  readonly digestChunk: DigestChunk;
}

/**
 * One release on its way into the block store. Chunks wait outside it until `complete`: before, no CID leads to them,
 * so that what a gate refuses later never left the building.
 */
export class IpfsPublication implements Publication {
  private readonly files = new Map<RelativePath, WaitingFile>();
  private readonly putCids = new Map<string, Cid>();
  private readonly memory = new ChunkMemory();

  constructor(private readonly doors: PublicationDoors) {}

  async add(path: RelativePath, sizeBytes: number): Promise<FileSink> {
    const writer = this.doors.waiting.newFile();
    return {
      async write(bytes) {
        if (writer.writtenBytes + bytes.length > sizeBytes) throw tookOthers(path, writer.writtenBytes + bytes.length);
        await writer.write(bytes);
      },
      finish: async ({ sizeBytes: digested, chunkSha256 }: FullDigests) => {
        await writer.end();
        if (writer.writtenBytes !== digested) throw tookOthers(path, writer.writtenBytes);
        this.files.set(path, { number: writer.file, sizeBytes: digested, chunkSha256 });
      },
    };
  }

  async complete(release: ReleaseToPublish, { signal, onBytes }: CompleteOptions = {}): Promise<ChannelReceipt> {
    const { ref, releaseDigest } = release;
    const root = await this.putAll(release, signal);
    await this.doors.store.sync();
    for (const { cid, size } of release.manifest.files) await this.readBack(parseCid(cid)!, size, signal, onBytes);
    for (const cid of this.putCids.values()) await this.verify(cid, MAX_BLOCK_BYTES, signal);
    const receipt: ChannelReceipt = { channel: 'ipfs', ref, releaseDigest, root: cidText(root) };
    await this.doors.receipts.put(receipt);
    await this.abandon();
    return receipt;
  }

  async abandon(): Promise<void> {
    await this.doors.waiting.remove();
  }

  /** @returns the CID of the release's folder */
  private async putAll(release: ReleaseToPublish, signal: AbortSignal | undefined): Promise<Uint8Array> {
    const links: [readonly string[], DagLink][] = [];
    const put = async (file: ManifestFile): Promise<void> => {
      links.push([file.path.split('/'), await this.nameFile(file.path, file.cid, signal)]);
      if (file.size > 0) links.push([leavesPath(file), await this.putFile(await release.leaves(file))]);
    };
    for await (const _ of readAhead(release.manifest.files, FILES_AT_ONCE, put, signal));
    links.push([MANIFEST_PATH, await this.putFile(release.canonical)]);
    await this.put(cidBytes(RAW, SHA3_512, fromHex(release.releaseDigest)), release.canonical);
    const nodes: { readonly cid: Uint8Array; readonly block: Uint8Array }[] = [];
    const { cid } = buildReleaseFolder(links, (node) => nodes.push(node));
    for (const node of nodes) await this.put(node.cid, node.block);
    return cid;
  }

  /** Gives the chunks of a file their names, and puts the nodes above them. */
  private async nameFile(path: RelativePath, cid: string, signal: AbortSignal | undefined): Promise<DagLink> {
    const file = this.files.get(path);
    if (file === undefined) throw new RangeError(`${path} was not written`);
    const { number, sizeBytes, chunkSha256 } = file;
    const nodes: { readonly cid: Uint8Array; readonly block: Uint8Array }[] = [];
    const link = fileDag(sizeBytes, chunkSha256, (node) => nodes.push(node));
    if (cidText(link.cid) !== cid) throw tookOthers(path, sizeBytes);
    for (let chunk = 0; chunk < chunkCount(sizeBytes); chunk += 1) {
      signal?.throwIfAborted();
      const digest = chunkSha256.subarray(chunk * SHA256_BYTES, (chunk + 1) * SHA256_BYTES);
      const leaf = readCid(cidBytes(RAW, SHA2_256, digest))!;
      await this.doors.store.adopt(leaf, this.doors.waiting.pathOf(number, chunk));
    }
    for (const node of nodes) await this.put(node.cid, node.block);
    if (sizeBytes === 0) await this.put(link.cid, new Uint8Array(0));
    return link;
  }

  /** A file that is in memory. */
  private async putFile(bytes: Uint8Array): Promise<DagLink> {
    const chunkSha256 = new Uint8Array(chunkCount(bytes.length) * SHA256_BYTES);
    for (let chunk = 0; chunk < chunkCount(bytes.length); chunk += 1) {
      const block = bytes.subarray(chunk * CHUNK_BYTES, (chunk + 1) * CHUNK_BYTES);
      const digest = await this.doors.digestChunk('sha256', block);
      chunkSha256.set(digest, chunk * SHA256_BYTES);
      await this.put(cidBytes(RAW, SHA2_256, digest), block);
    }
    const nodes: { readonly cid: Uint8Array; readonly block: Uint8Array }[] = [];
    const link = fileDag(bytes.length, chunkSha256, (node) => nodes.push(node));
    for (const node of nodes) await this.put(node.cid, node.block);
    return link;
  }

  private async put(bytes: Uint8Array, block: Uint8Array): Promise<void> {
    const cid = readCid(bytes)!;
    await this.doors.store.put(cid, block);
    this.putCids.set(cidText(bytes), cid);
  }

  private async readBack(
    root: Cid,
    sizeBytes: number,
    signal: AbortSignal | undefined,
    onBytes: ((bytes: number) => void) | undefined,
  ): Promise<void> {
    const { store, digestChunk } = this.doors;
    const leaves = fileLeaves(store, digestChunk, root, sizeBytes, 0, signal);
    const verify = async ({ cid, length }: FileLeaf) => {
      await this.memory.lend(length, (memory) => readVerified(store, digestChunk, cid, length, signal, memory));
      return length;
    };
    for await (const length of readAhead(leaves, LANES, verify, signal)) onBytes?.(length);
  }

  private async verify(cid: Cid, maxBytes: number, signal: AbortSignal | undefined): Promise<void> {
    await readVerified(this.doors.store, this.doors.digestChunk, cid, maxBytes, signal);
  }
}

function tookOthers(path: RelativePath, bytes: number): WeighbridgeError {
  return new WeighbridgeError('TAMPERED', `IPFS took ${bytes} other bytes of ${showPath(path)} than were digested`, {
    hint: 'run the same command again; if it happens again, check the memory and the disk of this machine',
    details: { channel: 'ipfs', file: showPath(path) },
  });
}
