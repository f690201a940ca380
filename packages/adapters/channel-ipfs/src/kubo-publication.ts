import type { RelativePath } from '@weighbridge/core/brands';
import type { FullDigests } from '@weighbridge/core/digest-engine';
import { isWeighbridgeError, WeighbridgeError } from '@weighbridge/core/errors';
import { showPath } from '@weighbridge/core/paths';
import { CHUNK_BYTES, chunkCount, chunkLength } from '@weighbridge/core/tree';
import { type Cid, cidBytes, cidText, RAW, readCid, SHA2_256 } from '@weighbridge/manifest/cid-bytes';
import { type DagLink, fileDag } from '@weighbridge/manifest/unixfs-dag';
import type {
  ChannelReceipt,
  CompleteOptions,
  FileSink,
  Publication,
  ReleaseToPublish,
} from '@weighbridge/ports/channel';
import { type Blocks, type DigestChunk, MAX_BLOCK_BYTES, readVerified } from './blocks.js';
import { ChunkMemory } from './chunk-memory.js';
import type { KuboCalls } from './kubo-calls.js';
import type { KuboRpc } from './kubo-rpc.js';
import { cidInAnswer, KuboUpload, requireSameCid } from './kubo-upload.js';
import { manifestCid } from './published-files.js';
import { readAhead } from './read-ahead.js';
import { buildReleaseFolder, leavesPath, MANIFEST_PATH } from './release-folder.js';

const SHA256_BYTES = 32;
/** Blocks that are read back at a time. */
const LANES = 4;

/** Profile unixfs-v1-2025, said in full: a node's own defaults differ. Nothing is pinned before it was compared. */
const ADD = {
  'cid-version': '1',
  'raw-leaves': 'true',
  hash: 'sha2-256',
  chunker: 'size-1048576',
  'max-file-links': '1024',
  trickle: 'false',
  pin: 'false',
  progress: 'false',
  quieter: 'true',
} as const;

interface UploadedFile {
  readonly sizeBytes: number;
  readonly chunkSha256: Uint8Array;
  readonly link: DagLink;
}

interface KnownBlock {
  readonly cid: Cid;
  /** Bytes of weights in it. */
  readonly weightBytes: number;
  readonly maxBytes: number;
}

export interface KuboPublicationDoors {
  readonly rpc: KuboRpc;
  readonly calls: KuboCalls;
  /** What the node itself holds. */
  readonly held: Blocks;
  readonly digestChunk: DigestChunk;
  /** Path of a release's folder in the node's file system. */
  pathOf(release: Pick<ReleaseToPublish, 'releaseDigest'>): string;
}

/**
 * One release on its way into a Kubo node. What is uploaded lies there unpinned and without a name until `complete`;
 * the node's garbage collection takes what was abandoned.
 */
export class KuboPublication implements Publication {
  private readonly files = new Map<RelativePath, UploadedFile>();
  private readonly small: KnownBlock[] = [];
  private readonly open = new Set<KuboUpload>();
  private readonly memory = new ChunkMemory();

  constructor(private readonly doors: KuboPublicationDoors) {}

  async add(path: RelativePath, sizeBytes: number): Promise<FileSink> {
    let written = 0;
    let upload: KuboUpload | undefined;
    return {
      write: async (bytes) => {
        if (written + bytes.length > sizeBytes) throw tookOthers(path, written + bytes.length, upload);
        upload ??= this.begin('add', ADD);
        await upload.write(bytes);
        written += bytes.length;
      },
      finish: async ({ sizeBytes: digested, chunkSha256 }: FullDigests) => {
        if (written !== digested) throw tookOthers(path, written, upload);
        upload ??= this.begin('add', ADD);
        const link = fileDag(digested, chunkSha256);
        await this.end(upload, 'Hash', cidText(link.cid), showPath(path));
        this.files.set(path, { sizeBytes: digested, chunkSha256, link });
      },
    };
  }

  async complete(release: ReleaseToPublish, { signal, onBytes }: CompleteOptions = {}): Promise<ChannelReceipt> {
    signal?.throwIfAborted();
    const { ref, releaseDigest } = release;
    const manifest = cidText(manifestCid(releaseDigest).bytes);
    const root = cidText(await this.putFolder(release, signal));
    await this.readBack(release, [root, manifest], signal, onBytes);
    for (const cid of [root, manifest]) await this.doors.calls.pin(cid, signal);
    await this.doors.calls.nameAs(root, this.doors.pathOf(release), signal);
    return { channel: 'ipfs', ref, releaseDigest, root };
  }

  async abandon(): Promise<void> {
    for (const upload of this.open) upload.abort();
    this.open.clear();
  }

  private begin(call: string, parameters: Readonly<Record<string, string>>): KuboUpload {
    const upload = new KuboUpload(this.doors.rpc, this.doors.rpc.url(call, parameters));
    this.open.add(upload);
    return upload;
  }

  private async end(upload: KuboUpload, member: 'Hash' | 'Key', expected: string, what: string): Promise<void> {
    const { location } = this.doors.rpc;
    try {
      requireSameCid(expected, cidInAnswer(await upload.end(), member, location), what, location);
    } finally {
      this.open.delete(upload);
    }
  }

  /** Leaves, manifest and folders. @returns the CID of the release's folder */
  private async putFolder(release: ReleaseToPublish, signal: AbortSignal | undefined): Promise<Uint8Array> {
    const links: [readonly string[], DagLink][] = [];
    for (const file of release.manifest.files) {
      signal?.throwIfAborted();
      const uploaded = this.files.get(file.path);
      if (uploaded === undefined || cidText(uploaded.link.cid) !== file.cid) throw tookOthers(file.path, 0, undefined);
      links.push([file.path.split('/'), uploaded.link]);
      if (file.size > 0) links.push([leavesPath(file), await this.putFile(await release.leaves(file))]);
    }
    links.push([MANIFEST_PATH, await this.putFile(release.canonical)]);
    await this.putBlock(manifestCid(release.releaseDigest), 'raw', 'sha3-512', release.canonical);
    const nodes: { readonly cid: Uint8Array; readonly block: Uint8Array }[] = [];
    const { cid } = buildReleaseFolder(links, (node) => nodes.push(node));
    for (const node of nodes) await this.putBlock(readCid(node.cid)!, 'dag-pb', 'sha2-256', node.block);
    return cid;
  }

  private async putFile(bytes: Uint8Array): Promise<DagLink> {
    const chunkSha256 = new Uint8Array(chunkCount(bytes.length) * SHA256_BYTES);
    const upload = this.begin('add', ADD);
    for (let chunk = 0; chunk < chunkCount(bytes.length); chunk += 1) {
      const block = bytes.subarray(chunk * CHUNK_BYTES, (chunk + 1) * CHUNK_BYTES);
      chunkSha256.set(await this.doors.digestChunk('sha256', block), chunk * SHA256_BYTES);
      await upload.write(block);
    }
    const link = fileDag(bytes.length, chunkSha256);
    await this.end(upload, 'Hash', cidText(link.cid), 'leaves or the manifest');
    for (const known of blocksOf({ sizeBytes: bytes.length, chunkSha256, link }))
      this.small.push({ ...known, weightBytes: 0 });
    return link;
  }

  private async putBlock(cid: Cid, codec: string, hash: string, block: Uint8Array): Promise<void> {
    const parameters = { 'cid-codec': codec, mhtype: hash, 'allow-big-block': 'true', pin: 'false' };
    const upload = this.begin('block/put', parameters);
    await upload.write(block);
    await this.end(upload, 'Key', cidText(cid.bytes), 'a block');
    this.small.push({ cid, weightBytes: 0, maxBytes: MAX_BLOCK_BYTES });
  }

  /**
   * Every block is read back and hashed here: a node keeps a rotten block that it has rather than the good one that it is
   * given, and serves it. Rotten and lost ones are removed, so that publishing again puts good ones in their place.
   */
  private async readBack(
    release: ReleaseToPublish,
    pins: readonly string[],
    signal: AbortSignal | undefined,
    onBytes: ((bytes: number) => void) | undefined,
  ): Promise<void> {
    const { held, digestChunk } = this.doors;
    const bad: { readonly cid: Cid; readonly error: WeighbridgeError }[] = [];
    const check = async ({ cid, maxBytes, weightBytes }: KnownBlock, until: AbortSignal): Promise<number> => {
      try {
        if (weightBytes === 0) await readVerified(held, digestChunk, cid, maxBytes, until);
        else
          await this.memory.lend(weightBytes, (memory) =>
            readVerified(held, digestChunk, cid, weightBytes, until, memory),
          );
      } catch (error) {
        if (!isWeighbridgeError(error)) throw error;
        bad.push({ cid, error });
      }
      return weightBytes;
    };
    for await (const bytes of readAhead(this.knownBlocks(release), LANES, check, signal))
      if (bytes > 0) onBytes?.(bytes);
    if (bad.length > 0) throw await this.dropBad(release, pins, bad);
  }

  private async *knownBlocks({ manifest }: ReleaseToPublish): AsyncGenerator<KnownBlock, void, undefined> {
    for (const { path } of manifest.files) yield* blocksOf(this.files.get(path)!);
    yield* this.small;
  }

  private async dropBad(
    release: ReleaseToPublish,
    pins: readonly string[],
    bad: readonly { readonly cid: Cid; readonly error: WeighbridgeError }[],
  ): Promise<WeighbridgeError> {
    const { calls, rpc, pathOf } = this.doors;
    const { error } = bad[0]!;
    await calls.unname(pathOf(release));
    for (const pin of pins) await calls.unpin(pin);
    for (const { cid } of bad) await rpc.removeBlock(cid);
    return new WeighbridgeError('TAMPERED', `${rpc.location} holds ${bad.length} bad blocks: ${error.message}`, {
      hint: 'they were removed there: run the same command again, which puts good ones in their place',
      details: error.details,
      cause: error,
    });
  }
}

/** All blocks of a file. */
function* blocksOf({ sizeBytes, chunkSha256 }: UploadedFile): Generator<KnownBlock, void, undefined> {
  for (let chunk = 0; chunk < chunkCount(sizeBytes); chunk += 1) {
    const digest = chunkSha256.subarray(chunk * SHA256_BYTES, (chunk + 1) * SHA256_BYTES);
    const length = chunkLength(sizeBytes, chunk);
    yield { cid: readCid(cidBytes(RAW, SHA2_256, digest))!, weightBytes: length, maxBytes: length };
  }
  const nodes: KnownBlock[] = [];
  fileDag(sizeBytes, chunkSha256, ({ cid, block }) => {
    nodes.push({ cid: readCid(cid)!, weightBytes: 0, maxBytes: block.length });
  });
  yield* nodes;
}

function tookOthers(path: RelativePath, bytes: number, upload: KuboUpload | undefined): WeighbridgeError {
  upload?.abort();
  return new WeighbridgeError('TAMPERED', `IPFS took ${bytes} other bytes of ${showPath(path)} than were digested`, {
    hint: 'run the same command again; if it happens again, check the memory and the disk of this machine',
    details: { channel: 'ipfs', file: showPath(path) },
  });
}
