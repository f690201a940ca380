import { WeighbridgeError } from '@weighbridge/core/errors';
import { bytesEqual } from '@weighbridge/core/hex';
import { type Cid, cidText, DAG_PB, RAW, readCid } from '@weighbridge/manifest/cid-bytes';
import { carHeader } from './car-bytes.js';
import { malformedCar, tooMuchCar } from './car-faults.js';
import { CarReader } from './car-reader.js';
import { type DigestChunk, isBlock, MAX_NODE_BYTES } from './blocks.js';
import { type DagNode, readNode } from './dag-node.js';
import type { BlockStore } from './block-store.js';

export interface ImportCarOptions {
  /** What the CAR must be of: its only root. */
  readonly root: Cid;
  /** Where verified blocks go. */
  readonly store: Pick<BlockStore, 'put' | 'sync'>;
  readonly digestChunk: DigestChunk;
  /** Most bytes of the CAR, its frame included. */
  readonly maxBytes: number;
  readonly signal?: AbortSignal;
}

export interface ImportedCar {
  readonly blocks: number;
  readonly bytes: number;
}

/** What a link says of the block that it leads to, as far as it does. */
interface Wanted {
  readonly cid: Cid;
  readonly fileBytes: number | undefined;
  readonly dagBytes: number | undefined;
  readonly level: number;
}

/** Deeper is nothing that we made: 128 folders and 4 levels of a file. */
const MOST_LEVELS = 132;
/** Blocks that are known of but not yet there, in memory: those of a file of 1 TiB. */
const MOST_WANTED = 1_100_000;

/**
 * Takes the blocks of a CARv1 into a store, each verified before it is kept. A parent comes before its children, as all
 * writers in the order dfs do it, so that every block is known to belong to the root when it comes: a block that no
 * verified one links to is refused, and a second copy is passed over.
 * @throws MALFORMED for a wrong frame, surplus blocks, unknown hash functions or codecs, identity CIDs and nodes that are
 *   not ours; TAMPERED for wrong bytes and sizes that do not agree; LIMIT; UNVERIFIABLE when blocks are missing at the end
 */
export async function importCar(source: AsyncIterable<Uint8Array>, options: ImportCarOptions): Promise<ImportedCar> {
  const { root, store, digestChunk, maxBytes, signal } = options;
  const reader = new CarReader(source, maxBytes, signal);
  await requireHeader(reader, root);
  const wanted = new Map<string, Wanted>([
    [cidText(root.bytes), { cid: root, fileBytes: undefined, dagBytes: undefined, level: 0 }],
  ]);
  const taken = new Set<string>();
  for (let section = await reader.section(); section !== undefined; section = await reader.section()) {
    const { cid, block } = section;
    const text = cidText(cid.bytes);
    if (taken.has(text)) continue;
    const link = wanted.get(text);
    if (link === undefined) throw malformedCar(`holds the block ${text}, to which none before it links`);
    if (!(await isBlock(digestChunk, cid, block)))
      throw wrongBlock(text, 'does not have the digest that its name says');
    for (const child of childrenOf(link, block)) want(wanted, taken, child);
    if (wanted.size > MOST_WANTED) throw tooMuchCar(`links to more than ${MOST_WANTED} blocks that do not come`);
    await store.put(cid, block);
    wanted.delete(text);
    taken.add(text);
  }
  const missing = wanted.keys().next().value;
  if (missing !== undefined) throw incomplete(missing);
  await store.sync();
  return { blocks: taken.size, bytes: reader.readBytes };
}

async function requireHeader(reader: CarReader, root: Cid): Promise<void> {
  const expected = carHeader(root);
  const found = await reader.take(expected.length);
  if (found === undefined || !bytesEqual(found, expected)) {
    throw malformedCar(`is no CARv1 with the one root ${cidText(root.bytes)}`);
  }
}

function childrenOf({ cid, fileBytes, dagBytes, level }: Wanted, block: Uint8Array): Wanted[] {
  const text = cidText(cid.bytes);
  if (level > MOST_LEVELS) throw tooMuchCar(`nests deeper than ${MOST_LEVELS} levels`);
  if (cid.codec === RAW) {
    if ((dagBytes ?? block.length) !== block.length) throw wrongBlock(text, 'has another size than its link says');
    return [];
  }
  const node = block.length > MAX_NODE_BYTES ? undefined : readNode(block);
  if (node === undefined) throw malformedCar(`holds ${text}, which is no node of a file or a folder`);
  requireSizes(node, block.length, fileBytes, dagBytes, text);
  const links = node.kind === 'file' ? node.links : node.entries.map(({ link }) => link);
  return links.map((link) => ({
    cid: readCid(link.cid)!,
    // A folder's links say nothing of the size of a file.
    fileBytes: node.kind === 'file' ? link.fileBytes : undefined,
    dagBytes: link.dagBytes,
    level: level + 1,
  }));
}

/** What a link declares and what the node below it declares must agree; the leaves at the bottom are counted. */
function requireSizes(
  node: DagNode,
  blockBytes: number,
  fileBytes: number | undefined,
  dagBytes: number | undefined,
  text: string,
): void {
  const links = node.kind === 'file' ? node.links : node.entries.map(({ link }) => link);
  const below = links.reduce((sum, link) => sum + link.dagBytes, blockBytes);
  if (dagBytes !== undefined && dagBytes !== below) throw wrongBlock(text, 'has another size than its link says');
  if (fileBytes === undefined) return;
  if (node.kind !== 'file') throw wrongBlock(text, 'is a folder in the middle of a file');
  const sum = node.links.reduce((total, link) => total + link.fileBytes, 0);
  if (sum !== fileBytes) throw wrongBlock(text, 'is of a file of another size than its link says');
}

/** Links to one block must say the same of it, or the second one would go unchecked. */
function want(wanted: Map<string, Wanted>, taken: ReadonlySet<string>, child: Wanted): void {
  const text = cidText(child.cid.bytes);
  if (taken.has(text)) return;
  const known = wanted.get(text);
  if (known !== undefined && known.dagBytes !== child.dagBytes) throw wrongBlock(text, 'is linked to with two sizes');
  if (known === undefined || (known.fileBytes === undefined && child.cid.codec === DAG_PB)) wanted.set(text, child);
}

function wrongBlock(text: string, problem: string): WeighbridgeError {
  return new WeighbridgeError('TAMPERED', `the block ${text} in the CAR ${problem}`, {
    hint: 'do not use this source; fetch from another channel',
  });
}

function incomplete(text: string): WeighbridgeError {
  return new WeighbridgeError('UNVERIFIABLE', `the CAR ends without the block ${text}`, {
    hint: 'ask for it anew; what came is kept',
  });
}
