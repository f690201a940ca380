import { bytesEqual, fromHex, toHex } from '@weighbridge/core/hex';
import { keccak256 } from './keccak256.js';
import { untrusted } from './refusal.js';
import type { RlpItem } from './rlp.js';
import { parseTrieNode, type TrieNode } from './trie-node.js';

/** Root of a trie that holds nothing: keccak256 of the RLP of the empty string. */
const EMPTY_ROOT = fromHex('56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421');

interface PooledNode {
  readonly bytes: Uint8Array;
  parsed: TrieNode | undefined;
}

/** The nodes that came with a proof, found by their hash. None is believed for being here. */
export class NodePool {
  private readonly nodes = new Map<string, PooledNode>();
  private used = 0;

  constructor(nodes: readonly Uint8Array[]) {
    for (const bytes of nodes) this.nodes.set(toHex(keccak256(bytes)), { bytes, parsed: undefined });
  }

  /** @throws UNTRUSTED when no node has this hash, or when it is no trie node */
  take(hash: Uint8Array): TrieNode {
    const node = this.nodes.get(toHex(hash));
    if (node === undefined) throw untrusted(`the proof lacks the trie node ${toHex(hash)}`);
    // A shorter node would stand inside its parent; with keys of 32 bytes a root is never shorter.
    if (node.bytes.length < 32) throw untrusted('the proof refers by hash to a trie node shorter than 32 bytes');
    if (node.parsed === undefined) {
      node.parsed = parseTrieNode(node.bytes);
      this.used += 1;
    }
    return node.parsed;
  }

  /** Nodes that no walk needed. */
  get unusedCount(): number {
    return this.nodes.size - this.used;
  }
}

/**
 * bundle-v1 §5.2: walks one path of a Merkle-Patricia trie from its root.
 * @param root 32 bytes, trusted
 * @param key 32 bytes, already hashed
 * @returns the value; undefined when the trie proves that there is none
 * @throws UNTRUSTED when a node is absent or is not what a trie of 32-byte keys holds there
 */
export function lookUp(pool: NodePool, root: Uint8Array, key: Uint8Array): Uint8Array | undefined {
  if (bytesEqual(root, EMPTY_ROOT)) return undefined;
  const path = toHex(key);
  let node = pool.take(root);
  let at = 0;
  while (node.kind !== 'leaf') {
    if (node.kind === 'extension') {
      requireShorter(node.path, path.length - at);
      if (!path.startsWith(node.path, at)) return undefined;
      at += node.path.length;
      node = requireBranch(resolve(pool, node.child));
    } else {
      const child: RlpItem | undefined = node.children[Number.parseInt(path[at]!, 16)];
      if (child === undefined) return undefined;
      at += 1;
      node = at < path.length ? resolve(pool, child) : lastLeaf(resolve(pool, child));
    }
  }
  if (node.path.length !== path.length - at) throw untrusted('the proof has a trie leaf at the wrong depth');
  return path.endsWith(node.path) ? node.value : undefined;
}

function resolve(pool: NodePool, child: RlpItem): TrieNode {
  return child instanceof Uint8Array ? pool.take(child) : parseTrieNode(child);
}

function requireShorter(part: string, left: number): void {
  if (part.length >= left) throw untrusted('the proof has a trie extension that leaves nothing below it');
}

function requireBranch(node: TrieNode): TrieNode {
  if (node.kind !== 'branch') throw untrusted('the proof has a trie extension without a branch below it');
  return node;
}

function lastLeaf(node: TrieNode): TrieNode {
  if (node.kind !== 'leaf') throw untrusted('the proof has a trie deeper than its keys');
  return node;
}
