import { type Cid, cidText, RAW, readCid } from '@weighbridge/manifest/cid-bytes';
import type { DagLink } from '@weighbridge/manifest/unixfs-dag';
import {
  absentBlock,
  type Blocks,
  type DigestChunk,
  hostileBlock,
  MAX_BLOCK_BYTES,
  MAX_NODE_BYTES,
  readVerified,
} from './blocks.js';
import { type DagNode, readNode } from './dag-node.js';

/** A verified block. */
export interface WalkedBlock {
  readonly cid: Cid;
  readonly block: Uint8Array;
}

export interface DagWalkDoors {
  readonly blocks: Blocks;
  readonly digestChunk: DigestChunk;
  readonly signal?: AbortSignal;
}

/** Bytes of a file that are asked for, `to` included. */
export interface ByteRange {
  readonly from: number;
  readonly to: number | undefined;
}

/** Deeper is nothing that we made: 128 folders and 4 levels of a file. */
const MOST_LEVELS = 132;

/** A verified block and, where it is a node, what it says. @throws TAMPERED, UNVERIFIABLE, LIMIT */
export async function readDagBlock(
  { blocks, digestChunk, signal }: DagWalkDoors,
  cid: Cid,
): Promise<WalkedBlock & { readonly node: DagNode | undefined }> {
  const maxBytes = cid.codec === RAW ? MAX_BLOCK_BYTES : MAX_NODE_BYTES;
  const block = await readVerified(blocks, digestChunk, cid, maxBytes, signal);
  if (cid.codec === RAW) return { cid, block, node: undefined };
  const node = readNode(block);
  if (node === undefined) throw hostileBlock(blocks, cid, 'is no node of a file or a folder');
  return { cid, block, node };
}

/** The folders that a path leads through, and where it ends. @throws UNVERIFIABLE when it leads nowhere; TAMPERED, LIMIT */
export async function walkPath(
  doors: DagWalkDoors,
  root: Cid,
  path: readonly string[],
): Promise<{ readonly through: WalkedBlock[]; readonly end: Cid }> {
  const through: WalkedBlock[] = [];
  let end = root;
  for (const name of path) {
    const walked = await readDagBlock(doors, end);
    const entries = walked.node?.kind === 'folder' ? walked.node.entries : [];
    const entry = entries.find((each) => each.name === name);
    if (entry === undefined) throw absentBlock(doors.blocks, end);
    through.push({ cid: end, block: walked.block });
    end = readCid(entry.link.cid)!;
  }
  return { through, end };
}

/** A whole DAG in the order of depth first. @param seen CIDs that came already, when each is to come once */
export async function* walkDag(
  doors: DagWalkDoors,
  cid: Cid,
  seen?: Set<string>,
  level = 0,
): AsyncGenerator<WalkedBlock, void, undefined> {
  doors.signal?.throwIfAborted();
  if (!isNew(cid, seen)) return;
  if (level > MOST_LEVELS) throw hostileBlock(doors.blocks, cid, 'lies too deep');
  const { block, node } = await readDagBlock(doors, cid);
  yield { cid, block };
  for (const link of linksOf(node)) yield* walkDag(doors, readCid(link.cid)!, seen, level + 1);
}

/** One file, or the parts of it that hold some bytes; of a folder its own block. */
export async function* walkEntity(
  doors: DagWalkDoors,
  cid: Cid,
  range: ByteRange | undefined,
  seen?: Set<string>,
): AsyncGenerator<WalkedBlock, void, undefined> {
  const { node, block } = await readDagBlock(doors, cid);
  if (node?.kind !== 'file' || range === undefined) {
    if (node?.kind !== 'folder') yield* walkDag(doors, cid, seen);
    else yield { cid, block };
    return;
  }
  const sizeBytes = node.links.reduce((sum, link) => sum + link.fileBytes, 0);
  yield* walkRange(doors, cid, 0, absolute(range, sizeBytes), seen);
}

async function* walkRange(
  doors: DagWalkDoors,
  cid: Cid,
  start: number,
  range: { readonly from: number; readonly to: number },
  seen: Set<string> | undefined,
  level = 0,
): AsyncGenerator<WalkedBlock, void, undefined> {
  doors.signal?.throwIfAborted();
  if (level > MOST_LEVELS) throw hostileBlock(doors.blocks, cid, 'lies too deep');
  const { block, node } = await readDagBlock(doors, cid);
  if (isNew(cid, seen)) yield { cid, block };
  let at = start;
  for (const link of linksOf(node)) {
    const end = at + link.fileBytes;
    if (end > range.from && at <= range.to) yield* walkRange(doors, readCid(link.cid)!, at, range, seen, level + 1);
    at = end;
  }
}

function absolute({ from, to }: ByteRange, sizeBytes: number): { readonly from: number; readonly to: number } {
  const place = (at: number): number => (at < 0 ? Math.max(0, sizeBytes + at) : at);
  return { from: place(from), to: to === undefined ? sizeBytes : place(to) };
}

function linksOf(node: DagNode | undefined): readonly DagLink[] {
  if (node === undefined) return [];
  return node.kind === 'file' ? node.links : node.entries.map(({ link }) => link);
}

function isNew({ bytes }: Cid, seen: Set<string> | undefined): boolean {
  if (seen === undefined) return true;
  const text = cidText(bytes);
  if (seen.has(text)) return false;
  seen.add(text);
  return true;
}
