import { toHex } from '@weighbridge/core/hex';
import { untrusted } from './refusal.js';
import { decodeRlp, encodeRlp, type RlpItem, type RlpList } from './rlp.js';

/** Paths are hex digits, one a nibble. A child is the hash of a node, or a node shorter than 32 bytes itself. */
export type TrieNode =
  | { readonly kind: 'branch'; readonly children: readonly (RlpItem | undefined)[] }
  | { readonly kind: 'extension'; readonly path: string; readonly child: RlpItem }
  | { readonly kind: 'leaf'; readonly path: string; readonly value: Uint8Array };

/**
 * bundle-v1 §5.2: reads a trie node, of its RLP or as it stands inside its parent.
 * @throws UNTRUSTED for anything that a trie of 32-byte keys does not hold
 */
export function parseTrieNode(source: Uint8Array | RlpList): TrieNode {
  const item = source instanceof Uint8Array ? decode(source) : source;
  if (!(item instanceof Uint8Array)) {
    if (item.length === 17) return parseBranch(item);
    if (item.length === 2) return parseShort(item);
  }
  throw odd('is neither branch nor leaf nor extension');
}

function decode(bytes: Uint8Array): RlpItem {
  try {
    return decodeRlp(bytes);
  } catch (cause) {
    throw odd(cause instanceof RangeError ? cause.message : 'is no RLP', cause);
  }
}

function parseBranch(items: RlpList): TrieNode {
  const children = items.slice(0, 16).map(readChild);
  if (children.filter((child) => child !== undefined).length < 2) throw odd('is a branch with fewer than two children');
  const value = items[16]!;
  // All keys have the same length, so that no key ends at a branch.
  if (!(value instanceof Uint8Array) || value.length !== 0) throw odd('is a branch with a value');
  return { kind: 'branch', children };
}

function readChild(item: RlpItem): RlpItem | undefined {
  if (item instanceof Uint8Array) {
    if (item.length !== 0 && item.length !== 32) throw odd('has a child that is neither a hash nor a node');
    return item.length === 0 ? undefined : item;
  }
  if (encodeRlp(item).length >= 32) throw odd('holds a child that is too long to stand inside it');
  return item;
}

/** A leaf or an extension; the first nibble of the path says which, and whether the number of nibbles is odd. */
function parseShort([packed, second]: RlpList): TrieNode {
  if (!(packed instanceof Uint8Array) || packed.length === 0) throw odd('has no path');
  const nibbles = toHex(packed);
  const flag = packed[0]! >> 4;
  const isOdd = (flag & 1) === 1;
  if (flag > 3 || (!isOdd && nibbles[1] !== '0')) throw odd('has a path with a wrong prefix');
  const path = nibbles.slice(isOdd ? 1 : 2);
  return flag >= 2 ? leaf(path, second!) : extension(path, second!);
}

function leaf(path: string, value: RlpItem): TrieNode {
  if (!(value instanceof Uint8Array) || value.length === 0) throw odd('is a leaf without a value');
  return { kind: 'leaf', path, value };
}

function extension(path: string, item: RlpItem): TrieNode {
  const child = readChild(item);
  if (child === undefined || path === '') throw odd('is an extension without a path or a child');
  return { kind: 'extension', path, child };
}

function odd(problem: string, cause?: unknown): Error {
  return untrusted(`the proof has a trie node that ${problem}`, {}, cause);
}
