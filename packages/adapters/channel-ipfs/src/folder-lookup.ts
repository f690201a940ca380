import { type Cid, DAG_PB, parseCid, readCid } from '@weighbridge/manifest/cid-bytes';
import type { DagLink } from '@weighbridge/manifest/unixfs-dag';
import { absentBlock, type Blocks, type DigestChunk, hostileBlock, MAX_NODE_BYTES, readVerified } from './blocks.js';
import { readNode } from './dag-node.js';

/** Finds files below folders; each folder on the way is verified. */
export interface FolderLookup {
  /** @throws UNVERIFIABLE when nothing has this path; TAMPERED, LIMIT */
  find(root: string, path: readonly string[], signal?: AbortSignal): Promise<Cid>;
}

type Entries = ReadonlyMap<string, DagLink>;

/** Folders that are remembered: a release's own on the way to its leaves. */
const REMEMBERED = 4;

export function createFolderLookup(blocks: Blocks, digestChunk: DigestChunk): FolderLookup {
  const remembered = new Map<string, Entries>();
  const entriesOf = async (cid: Cid, signal?: AbortSignal): Promise<Entries> => {
    const key = Buffer.from(cid.bytes).toString('hex');
    const known = remembered.get(key);
    if (known !== undefined) return known;
    const entries = await readEntries(blocks, digestChunk, cid, signal);
    if (remembered.size === REMEMBERED) remembered.delete(remembered.keys().next().value!);
    remembered.set(key, entries);
    return entries;
  };
  return {
    async find(root, path, signal) {
      let cid = parseCid(root);
      if (cid === undefined) throw new RangeError(`no CID: ${root}`);
      for (const name of path) {
        signal?.throwIfAborted();
        const link = (await entriesOf(cid, signal)).get(name);
        if (link === undefined) throw absentBlock(blocks, cid);
        cid = readCid(link.cid)!;
      }
      return cid;
    },
  };
}

async function readEntries(
  blocks: Blocks,
  digestChunk: DigestChunk,
  cid: Cid,
  signal: AbortSignal | undefined,
): Promise<Entries> {
  if (cid.codec !== DAG_PB) throw hostileBlock(blocks, cid, 'is a file where a folder belongs');
  const node = readNode(await readVerified(blocks, digestChunk, cid, MAX_NODE_BYTES, signal));
  if (node?.kind !== 'folder') throw hostileBlock(blocks, cid, 'is no node of a folder');
  return new Map(node.entries.map(({ name, link }) => [name, link]));
}
