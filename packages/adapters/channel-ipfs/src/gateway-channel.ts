import type { DigestEngine } from '@weighbridge/core/digest-engine';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { chunkCount, LEAF_BYTES } from '@weighbridge/core/tree';
import { parseCid } from '@weighbridge/manifest/cid-bytes';
import type { ManifestFile } from '@weighbridge/manifest/manifest';
import type { Channel, ChannelReceipt, PublishedRelease } from '@weighbridge/ports/channel';
import { readDagBlock } from './dag-walk.js';
import { createFolderLookup } from './folder-lookup.js';
import { createHttpBlocks } from './http-blocks.js';
import { readLeavesFile, readManifestBlock, readWeights, type WeightsDoors } from './published-files.js';
import { leavesPath } from './release-folder.js';

export interface GatewayChannelOptions {
  /** Of any trustless gateway, for example http://127.0.0.1:8080. */
  readonly url: string;
  readonly engine: Pick<DigestEngine, 'digestChunk'>;
  /**
   * The CID of a release's folder, from a receipt. Without it manifest and weights are found by their digests alone, and
   * leaves are made of the weights, which are then read twice.
   */
  readonly findRoot?: (release: PublishedRelease) => Promise<string | undefined>;
  /** How long a connection may give nothing; default 30 s. */
  readonly idleMs?: number;
}

/** Blocks on their way at a time. */
const LANES = 4;
const IDLE_MS = 30_000;

/** Reads releases through a trustless gateway, whoever runs it; nothing it says is believed. @throws USAGE */
export function createGatewayChannel({ url, engine, findRoot, idleMs = IDLE_MS }: GatewayChannelOptions): Channel {
  const blocks = createHttpBlocks({ url: requireHttp(url), idleMs });
  const digestChunk: DigestEngine['digestChunk'] = (algorithm, bytes) => engine.digestChunk(algorithm, bytes);
  const doors: WeightsDoors = { blocks, digestChunk, lanes: LANES };
  const lookup = createFolderLookup(blocks, digestChunk);
  return {
    name: 'ipfs',
    location: blocks.location,
    async publish() {
      throw new WeighbridgeError('USAGE', `${blocks.location} is a gateway, which can only be read`, {
        hint: 'publish into the home folder or to a Kubo node (WEIGHBRIDGE_IPFS_API)',
      });
    },
    async receipt(release, signal): Promise<ChannelReceipt | undefined> {
      signal?.throwIfAborted();
      const root = await findRoot?.(release);
      const cid = root === undefined ? undefined : parseCid(root);
      if (cid === undefined) return undefined;
      await readDagBlock({ blocks, digestChunk, ...(signal === undefined ? {} : { signal }) }, cid);
      return { channel: 'ipfs', ref: release.ref, releaseDigest: release.releaseDigest, root: root! };
    },
    manifest: (release, signal) => readManifestBlock(blocks, release, signal),
    async leaves(release, file, signal) {
      signal?.throwIfAborted();
      const root = await findRoot?.(release);
      if (root === undefined || parseCid(root) === undefined) return digestLeaves(doors, file, signal);
      const cid = await lookup.find(root, leavesPath(file), signal);
      return readLeavesFile(blocks, digestChunk, cid, file, signal);
    },
    open: (_, file, offsetBytes, signal) => readWeights(doors, file, offsetBytes, signal),
    async probe(signal) {
      await blocks.probe(signal);
      return { location: blocks.location, sizeBytes: undefined, releases: undefined };
    },
    async close() {
      blocks.close();
    },
  };
}

/** Leaves of weights as they come: those of wrong weights do not fit the tree root that whoever asks compares them with. */
async function digestLeaves(doors: WeightsDoors, file: ManifestFile, signal?: AbortSignal): Promise<Uint8Array> {
  const leaves = new Uint8Array(chunkCount(file.size) * LEAF_BYTES);
  let at = 0;
  for await (const chunk of readWeights(doors, file, 0, signal)) {
    leaves.set(await doors.digestChunk('sha3-512', chunk), at);
    at += LEAF_BYTES;
  }
  return leaves;
}

function requireHttp(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new WeighbridgeError('USAGE', 'the address of the gateway is no http or https URL', {
    hint: 'write it as http://HOST:PORT',
  });
}
