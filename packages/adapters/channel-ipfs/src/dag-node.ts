import { bytesEqual } from '@weighbridge/core/hex';
import { compareUtf8 } from '@weighbridge/core/members';
import { type Cid, RAW, readCid } from '@weighbridge/manifest/cid-bytes';
import { type DagLink, type FolderEntry, fileBlock, folderBlock, MAX_LINKS } from '@weighbridge/manifest/unixfs-dag';
import { ProtobufReader } from './protobuf-reader.js';

const FOLDER = 1;
const FILE = 2;
/** More would not fit into a folder's block. */
const MOST_ENTRIES = 32_768;

/** A UnixFS node as profile unixfs-v1-2025 makes them. */
export type DagNode =
  | { readonly kind: 'file'; readonly links: readonly DagLink[] }
  | { readonly kind: 'folder'; readonly entries: readonly FolderEntry[] };

interface NamedLink {
  readonly cid: Cid;
  readonly name: string;
  readonly dagBytes: number;
}

/**
 * Reads a DAG-PB node of a file or a folder. The block must be what we would write for the same links: that leaves no
 * room for other orders, padded numbers, unknown fields, inline data, sharded folders or sizes that do not add up.
 * @param block hostile until its digest was compared
 * @returns undefined for anything else
 */
export function readNode(block: Uint8Array): DagNode | undefined {
  try {
    const node = parseNode(block);
    const again = node.kind === 'file' ? fileBlock(node.links) : folderBlock(node.entries);
    return bytesEqual(again, block) ? node : undefined;
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) return undefined;
    throw error;
  }
}

function parseNode(block: Uint8Array): DagNode {
  const reader = new ProtobufReader(block);
  const links: NamedLink[] = [];
  while (reader.takes(2, 'bytes')) {
    if (links.length === MOST_ENTRIES) throw new RangeError('too many links');
    links.push(parseLink(reader.bytesValue()));
  }
  if (!reader.takes(1, 'bytes')) throw new RangeError('no data');
  const data = new ProtobufReader(reader.bytesValue());
  if (!data.takes(1, 'varint')) throw new RangeError('no type');
  const type = data.varint();
  if (type === FOLDER) return folderOf(links);
  if (type !== FILE || links.length === 0 || links.length > MAX_LINKS) throw new RangeError('no file');
  return fileOf(links, data);
}

function parseLink(bytes: Uint8Array): NamedLink {
  const reader = new ProtobufReader(bytes);
  const cid = reader.takes(1, 'bytes') ? readCid(reader.bytesValue()) : undefined;
  if (cid === undefined || !reader.takes(2, 'bytes')) throw new RangeError('no link');
  const name = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(reader.bytesValue());
  if (!reader.takes(3, 'varint')) throw new RangeError('no size');
  return { cid, name, dagBytes: reader.varint() };
}

function fileOf(links: readonly NamedLink[], data: ProtobufReader): DagNode {
  if (!data.takes(3, 'varint')) throw new RangeError('no size');
  const fileBytes = data.varint();
  const sized = links.map(({ cid, dagBytes }): DagLink => {
    if (!data.takes(4, 'varint')) throw new RangeError('no size of a link');
    const link = { cid: cid.bytes, fileBytes: data.varint(), dagBytes };
    // A leaf is nothing but a part of the file; an empty one would let a small block stand for endless links.
    if (link.fileBytes === 0 || (cid.codec === RAW && link.fileBytes !== dagBytes))
      throw new RangeError('a wrong size');
    return link;
  });
  const sum = sized.reduce((total, link) => total + link.fileBytes, 0);
  if (sum !== fileBytes || !Number.isSafeInteger(sum)) throw new RangeError('sizes that do not add up');
  return { kind: 'file', links: sized };
}

function folderOf(links: readonly NamedLink[]): DagNode {
  links.forEach(({ name }, index) => {
    const isName = name !== '' && name !== '.' && name !== '..' && !/[/\0]/.test(name);
    if (!isName || (index > 0 && compareUtf8(links[index - 1]!.name, name) >= 0)) throw new RangeError('a wrong name');
  });
  const entries = links.map(({ cid, name, dagBytes }) => ({ name, link: { cid: cid.bytes, fileBytes: 0, dagBytes } }));
  return { kind: 'folder', entries };
}
