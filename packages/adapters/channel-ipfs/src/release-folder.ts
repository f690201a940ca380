import { WeighbridgeError } from '@weighbridge/core/errors';
import { compareUtf8 } from '@weighbridge/core/members';
import { METADATA_FOLDER } from '@weighbridge/core/paths';
import type { ManifestFile } from '@weighbridge/manifest/manifest';
import { type DagLink, type DagNode, folderNode } from '@weighbridge/manifest/unixfs-dag';
import { MAX_NODE_BYTES } from './blocks.js';

/** receipt-v1 §4.1. */
export const MANIFEST_PATH = [METADATA_FOLDER, 'manifest.json'] as const;
export const LEAVES_PATH = [METADATA_FOLDER, 'leaves'] as const;

interface Folder {
  readonly files: Map<string, DagLink>;
  readonly folders: Map<string, Folder>;
}

/** Paths in the folder of a release and what lies there. */
export type FolderFiles = Iterable<readonly [path: readonly string[], link: DagLink]>;

export function leavesPath({ tree }: Pick<ManifestFile, 'tree'>): readonly string[] {
  return [...LEAVES_PATH, tree];
}

/**
 * receipt-v1 §4: the folder of a release as DAG-PB nodes, inner folders first.
 * @returns the root
 * @throws LIMIT when a folder has more entries than fit into its block
 */
export function buildReleaseFolder(files: FolderFiles, onNode: (node: DagNode) => void): DagNode {
  const root: Folder = { files: new Map(), folders: new Map() };
  for (const [path, link] of files) folderAt(root, path.slice(0, -1)).files.set(path.at(-1)!, link);
  return nodeOf(root, '', onNode);
}

function folderAt(root: Folder, parts: readonly string[]): Folder {
  let folder = root;
  for (const part of parts) {
    const next: Folder = folder.folders.get(part) ?? { files: new Map(), folders: new Map() };
    folder.folders.set(part, next);
    folder = next;
  }
  return folder;
}

function nodeOf(folder: Folder, path: string, onNode: (node: DagNode) => void): DagNode {
  const links = new Map(folder.files);
  for (const [name, inner] of folder.folders) links.set(name, nodeOf(inner, `${path}${name}/`, onNode));
  const entries = [...links].map(([name, link]) => ({ name, link })).sort((a, b) => compareUtf8(a.name, b.name));
  const node = folderNode(entries);
  if (node.block.length > MAX_NODE_BYTES) throw tooManyEntries(path, entries.length);
  onNode(node);
  return node;
}

/** receipt-v1 §4.2. */
function tooManyEntries(path: string, entries: number): WeighbridgeError {
  return new WeighbridgeError('LIMIT', `the folder ${path === '' ? 'of the release' : path} has ${entries} entries`, {
    hint: 'IPFS takes at most about 5,800 files a folder: pack small files together, or publish with `--channel git-lfs` alone',
    details: { channel: 'ipfs' },
  });
}
