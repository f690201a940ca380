import { join } from 'node:path';
import type { DigestEngine } from '@weighbridge/core/digest-engine';
import { WeighbridgeError } from '@weighbridge/core/errors';
import type { Channel, PublishedRelease } from '@weighbridge/ports/channel';
import { createBlockStore } from './block-store.js';
import { createFolderLookup } from './folder-lookup.js';
import { IpfsPublication } from './ipfs-publication.js';
import { readLeavesFile, readManifestBlock, readWeights } from './published-files.js';
import { createReceipts } from './receipts.js';
import { leavesPath } from './release-folder.js';
import { createWaitingChunks } from './waiting-chunks.js';

export interface IpfsChannelOptions {
  /** `ipfs/` of a home folder; made by the first publication. */
  readonly folder: string;
  readonly engine: Pick<DigestEngine, 'digestChunk'>;
}

/** Blocks that are read before they are asked for. */
const LANES = 2;

/** The embedded IPFS channel: UnixFS DAGs over blocks as files. */
export function createIpfsChannel({ folder, engine }: IpfsChannelOptions): Channel {
  const digestChunk: DigestEngine['digestChunk'] = (algorithm, bytes) => engine.digestChunk(algorithm, bytes);
  const store = createBlockStore(join(folder, 'blocks'), digestChunk);
  const receipts = createReceipts(join(folder, 'receipts'));
  const lookup = createFolderLookup(store, digestChunk);
  return {
    name: 'ipfs',
    location: folder,
    async publish() {
      const waiting = await createWaitingChunks(join(folder, 'tmp'));
      return new IpfsPublication({ store, receipts, waiting, digestChunk });
    },
    async receipt(release, signal) {
      signal?.throwIfAborted();
      return receipts.get(release);
    },
    manifest: (release, signal) => readManifestBlock(store, release, signal),
    async leaves(release, file, signal) {
      signal?.throwIfAborted();
      const receipt = (await receipts.get(release)) ?? notPublished(release, folder);
      const cid = await lookup.find(receipt.root, leavesPath(file), signal);
      return readLeavesFile(store, digestChunk, cid, file, signal);
    },
    open: (_, file, offsetBytes, signal) =>
      readWeights({ blocks: store, digestChunk, lanes: LANES }, file, offsetBytes, signal),
    async probe(signal) {
      signal?.throwIfAborted();
      return { location: folder, sizeBytes: await store.sizeBytes(signal), releases: await receipts.count() };
    },
    async close() {},
  };
}

function notPublished({ ref }: PublishedRelease, folder: string): never {
  throw new WeighbridgeError('UNVERIFIABLE', `${ref.name} was not published into ${folder}`, {
    hint: 'publish it with `weighbridge register`, or fetch from another channel',
    details: { channel: 'ipfs' },
  });
}
