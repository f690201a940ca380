import { join } from 'node:path';
import type { DigestEngine } from '@weighbridge/core/digest-engine';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { type Cid, cidText, parseCid, RAW } from '@weighbridge/manifest/cid-bytes';
import { MANIFEST_MAX_BYTES } from '@weighbridge/manifest/manifest';
import { releaseDigest } from '@weighbridge/manifest/parse-manifest';
import type { ChannelReceipt, PublishedRelease } from '@weighbridge/ports/channel';
import { createBlockStore } from './block-store.js';
import { type Blocks, type DigestChunk, hostileBlock, MAX_NODE_BYTES, readVerified } from './blocks.js';
import { CAR_HEADER_BYTES, carRoot } from './car-bytes.js';
import { malformedCar } from './car-faults.js';
import { readNode } from './dag-node.js';
import { exportCar } from './export-car.js';
import { fileLeaves } from './file-leaves.js';
import { createFolderLookup } from './folder-lookup.js';
import { type ImportedCar, importCar } from './import-car.js';
import { manifestCid } from './published-files.js';
import { createReceipts } from './receipts.js';
import { MANIFEST_PATH } from './release-folder.js';

export interface ReleaseCarDoors {
  /** `ipfs/` of a home folder. */
  readonly folder: string;
  readonly engine: Pick<DigestEngine, 'digestChunk'>;
  readonly signal?: AbortSignal;
}

export interface ImportedRelease extends ImportedCar {
  readonly receipt: ChannelReceipt;
}

/**
 * A CARv1 of a published release: what another node, or a device without a network, can be handed as one file.
 * @throws UNVERIFIABLE when it was not published here; TAMPERED when a block rotted
 */
export async function* exportRelease(
  doors: ReleaseCarDoors,
  release: PublishedRelease,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { store, receipts, digestChunk } = open(doors);
  const receipt = await receipts.get(release);
  if (receipt === undefined) throw notPublished(release, doors.folder);
  const signal = doors.signal === undefined ? {} : { signal: doors.signal };
  yield* exportCar({ blocks: store, digestChunk, ...signal }, parseCid(receipt.root)!);
}

/**
 * Takes a release out of a CAR, every block verified; it is found in the channel when its manifest is the registered one.
 * @param release what the chain has under this name
 * @param maxBytes of the CAR
 * @throws WRONG_ARTIFACT for the CAR of another release; what `importCar` throws
 */
export async function importRelease(
  doors: ReleaseCarDoors,
  release: PublishedRelease,
  source: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<ImportedRelease> {
  const { store, receipts, digestChunk } = open(doors);
  const { root, whole } = await peekRoot(source);
  const signal = doors.signal === undefined ? {} : { signal: doors.signal };
  const imported = await importCar(whole, { root, store, digestChunk, maxBytes, ...signal });
  const manifest = await manifestBelow(store, digestChunk, root, doors.signal);
  const found = releaseDigest(manifest);
  if (found !== release.releaseDigest) throw otherRelease(release, found);
  await store.put(manifestCid(release.releaseDigest), manifest);
  await store.sync();
  const receipt: ChannelReceipt = { channel: 'ipfs', ...release, root: cidText(root.bytes) };
  await receipts.put(receipt);
  return { ...imported, receipt };
}

function open({ folder, engine }: ReleaseCarDoors) {
  const digestChunk: DigestChunk = (algorithm, bytes) => engine.digestChunk(algorithm, bytes);
  const store = createBlockStore(join(folder, 'blocks'), digestChunk);
  return { digestChunk, store, receipts: createReceipts(join(folder, 'receipts')) };
}

/** The root stands in the first bytes, which the import wants too. */
async function peekRoot(source: AsyncIterable<Uint8Array>): Promise<{ root: Cid; whole: AsyncIterable<Uint8Array> }> {
  const rest = source[Symbol.asyncIterator]();
  let start = new Uint8Array(0);
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
    start = new Uint8Array(Buffer.concat([start, next.value]));
    if (start.length >= CAR_HEADER_BYTES) break;
  }
  const root = carRoot(start);
  if (root === undefined) throw malformedCar('does not begin with the header of a CARv1 with one root');
  async function* whole(): AsyncGenerator<Uint8Array> {
    yield start;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  }
  return { root, whole: whole() };
}

async function manifestBelow(
  store: Blocks,
  digestChunk: DigestChunk,
  root: Cid,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const cid = await createFolderLookup(store, digestChunk).find(cidText(root.bytes), MANIFEST_PATH, signal);
  const block = await readVerified(store, digestChunk, cid, MAX_NODE_BYTES, signal);
  if (cid.codec === RAW) return block;
  const node = readNode(block);
  if (node?.kind !== 'file') throw hostileBlock(store, cid, 'is no file');
  const sizeBytes = node.links.reduce((sum, { fileBytes }) => sum + fileBytes, 0);
  if (sizeBytes > MANIFEST_MAX_BYTES) throw hostileBlock(store, cid, 'is too large for a manifest');
  const parts: Uint8Array[] = [];
  for await (const leaf of fileLeaves(store, digestChunk, cid, sizeBytes, 0, signal))
    parts.push(await readVerified(store, digestChunk, leaf.cid, leaf.length, signal));
  return new Uint8Array(Buffer.concat(parts));
}

function notPublished({ ref }: PublishedRelease, folder: string): WeighbridgeError {
  return new WeighbridgeError('UNVERIFIABLE', `${ref.name} was not published into ${folder}`, {
    hint: 'publish it with `weighbridge register`, or import its CAR first',
    details: { channel: 'ipfs', release: ref.name },
  });
}

function otherRelease({ ref, releaseDigest: expected }: PublishedRelease, found: string): WeighbridgeError {
  return new WeighbridgeError('WRONG_ARTIFACT', `the CAR is not of ${ref.name} as it is registered`, {
    hint: 'import the CAR of this release',
    details: { release: ref.name, expected, found },
  });
}
