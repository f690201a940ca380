import { createHash } from 'node:crypto';
import { chunkCount, chunkLength } from '@weighbridge/core/tree';
import { cidBytes, DAG_PB, RAW, SHA2_256 } from './cid-bytes.js';
import { ProtobufWriter } from './protobuf-writer.js';

/** manifest-v1 §5, profile unixfs-v1-2025: CIDv1, raw leaves, SHA2-256, 1 MiB chunks, 1,024 links a node, balanced. */
export const MAX_LINKS = 1024;
const UNIXFS_FOLDER = 1;
const UNIXFS_FILE = 2;

/** More than a link without a name takes in a node, in both of its lists, and than a node takes without its links. */
const LINK_BYTES = 80;
const NODE_BYTES = 64;
const SHA256_BYTES = 32;

/** What a node says of a file or a part of one. */
export interface DagLink {
  readonly cid: Uint8Array;
  /** Bytes of the file below this link. */
  readonly fileBytes: number;
  /** Bytes of all blocks below this link, itself included. */
  readonly dagBytes: number;
}

/** A DAG-PB node. */
export interface DagNode extends DagLink {
  readonly block: Uint8Array;
}

export interface FolderEntry {
  readonly name: string;
  readonly link: DagLink;
}

/**
 * The balanced DAG of a file, from the SHA-256 of its chunks.
 * @param chunkSha256 concatenated SHA-256 of each 1 MiB chunk; none for an empty file
 * @param onNode is handed every node above the leaves, children first
 * @throws RangeError when the number of chunks does not follow from the size
 */
export function fileDag(
  sizeBytes: number,
  chunkSha256: Uint8Array,
  onNode: (node: DagNode) => void = () => {},
): DagLink {
  if (chunkSha256.length !== chunkCount(sizeBytes) * SHA256_BYTES) {
    throw new RangeError(
      `${sizeBytes} bytes have ${chunkCount(sizeBytes)} chunks, not ${chunkSha256.length / SHA256_BYTES}`,
    );
  }
  let level = leaves(sizeBytes, chunkSha256);
  while (level.length > 1) level = parents(level, onNode);
  return level[0]!;
}

/** Links first, then UnixFS data with the file size and the size below each link. At most 1,024 links. */
export function fileNode(links: readonly DagLink[]): DagNode {
  return nodeOf(fileBlock(links), sumOf(links), links);
}

/** The bytes of a file's node. */
export function fileBlock(links: readonly DagLink[]): Uint8Array {
  const writer = new ProtobufWriter(NODE_BYTES + links.length * LINK_BYTES);
  for (const link of links) writer.bytesField(2, linkOf(link, new Uint8Array(0)));
  writer.bytesField(1, unixfsOf(sumOf(links), links));
  return writer.written();
}

/** A folder, not sharded. @param entries sorted by the UTF-8 bytes of their names */
export function folderNode(entries: readonly FolderEntry[]): DagNode {
  return nodeOf(
    folderBlock(entries),
    0,
    entries.map(({ link }) => link),
  );
}

/** The bytes of a folder's node. */
export function folderBlock(entries: readonly FolderEntry[]): Uint8Array {
  const links = entries.map(({ name, link }) => ({ link, name: Buffer.from(name) }));
  const names = links.reduce((sum, { name }) => sum + name.length, 0);
  const writer = new ProtobufWriter(NODE_BYTES + names + links.length * LINK_BYTES);
  for (const { link, name } of links) writer.bytesField(2, linkOf(link, name));
  const data = new ProtobufWriter(NODE_BYTES);
  data.varintField(1, UNIXFS_FOLDER);
  writer.bytesField(1, data.written());
  return writer.written();
}

/** The leaf of bytes with this SHA-256. */
export function rawLeaf(sha256Digest: Uint8Array, length: number): DagLink {
  return { cid: cidBytes(RAW, SHA2_256, sha256Digest), fileBytes: length, dagBytes: length };
}

function leaves(sizeBytes: number, chunkSha256: Uint8Array): DagLink[] {
  if (sizeBytes === 0) return [rawLeaf(sha256(new Uint8Array(0)), 0)];
  return Array.from({ length: chunkCount(sizeBytes) }, (_, index) =>
    rawLeaf(chunkSha256.subarray(index * SHA256_BYTES, (index + 1) * SHA256_BYTES), chunkLength(sizeBytes, index)),
  );
}

function parents(level: readonly DagLink[], onNode: (node: DagNode) => void): DagLink[] {
  const nodes: DagLink[] = [];
  for (let at = 0; at < level.length; at += MAX_LINKS) {
    const { block, ...link } = fileNode(level.slice(at, at + MAX_LINKS));
    onNode({ ...link, block });
    nodes.push(link);
  }
  return nodes;
}

function nodeOf(block: Uint8Array, fileBytes: number, links: readonly DagLink[]): DagNode {
  const dagBytes = block.length + links.reduce((sum, link) => sum + link.dagBytes, 0);
  return { cid: cidBytes(DAG_PB, SHA2_256, sha256(block)), fileBytes, dagBytes, block };
}

function sumOf(links: readonly DagLink[]): number {
  return links.reduce((sum, link) => sum + link.fileBytes, 0);
}

/** Hash, name, and the size of all blocks below. */
function linkOf({ cid, dagBytes }: DagLink, name: Uint8Array): Uint8Array {
  const bytes = new ProtobufWriter(LINK_BYTES + name.length);
  bytes.bytesField(1, cid);
  bytes.bytesField(2, name);
  bytes.varintField(3, dagBytes);
  return bytes.written();
}

function unixfsOf(fileBytes: number, links: readonly DagLink[]): Uint8Array {
  const bytes = new ProtobufWriter(NODE_BYTES + links.length * LINK_BYTES);
  bytes.varintField(1, UNIXFS_FILE);
  bytes.varintField(3, fileBytes);
  for (const link of links) bytes.varintField(4, link.fileBytes);
  return bytes.written();
}

function sha256(bytes: Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest();
}
