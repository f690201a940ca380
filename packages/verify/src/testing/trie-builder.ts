import { toHex } from '@weighbridge/core/hex';
import { keccak256 } from '../keccak256.js';
import { encodeRlp, type RlpItem } from '../rlp.js';

/** A Merkle-Patricia trie made in memory, with the nodes that prove a key. */
export interface BuiltTrie {
  /** 32 bytes. */
  readonly root: Uint8Array;
  /** The nodes on the way to a key, present or not, from the root down; nodes inside their parents do not count. */
  proofOf(key: Uint8Array): Uint8Array[];
}

type Entry = readonly [path: string, value: Uint8Array];
interface Built {
  readonly item: RlpItem;
  /** Of a branch, by hex digit; of an extension, by its path. */
  readonly below: ReadonlyMap<string, Built>;
}

/** @param entries keys of one length, as they stand in the trie (already hashed where the trie is a secure one) */
export function buildTrie(entries: readonly (readonly [key: Uint8Array, value: Uint8Array])[]): BuiltTrie {
  const top =
    entries.length === 0
      ? { item: new Uint8Array(0), below: new Map() }
      : build(entries.map(([key, value]) => [toHex(key), value]));
  return {
    root: keccak256(encodeRlp(top.item)),
    proofOf: (key) => (entries.length === 0 ? [] : [encodeRlp(top.item), ...walk(top, toHex(key))]),
  };
}

function build(entries: readonly Entry[]): Built {
  if (entries.length === 1) return { item: [pack(entries[0]![0], 2), entries[0]![1]], below: new Map() };
  const shared = sharedPrefix(entries.map(([path]) => path));
  if (shared === '') return branch(entries);
  const child = branch(entries.map(([path, value]) => [path.slice(shared.length), value]));
  return { item: [pack(shared, 0), reference(child)], below: new Map([[shared, child]]) };
}

function branch(entries: readonly Entry[]): Built {
  const below = new Map<string, Built>();
  for (const digit of '0123456789abcdef') {
    const of = entries.filter(([path]) => path[0] === digit).map(([path, value]): Entry => [path.slice(1), value]);
    if (of.length > 0) below.set(digit, build(of));
  }
  const children = [...'0123456789abcdef'].map((digit) =>
    below.has(digit) ? reference(below.get(digit)!) : new Uint8Array(0),
  );
  return { item: [...children, new Uint8Array(0)], below };
}

/** A node of 32 bytes or more is referred to by its hash, a shorter one stands inside its parent. */
function reference({ item }: Built): RlpItem {
  const bytes = encodeRlp(item);
  return bytes.length < 32 ? item : keccak256(bytes);
}

function walk(node: Built, path: string): Uint8Array[] {
  for (const [part, child] of node.below) {
    if (!path.startsWith(part)) continue;
    const bytes = encodeRlp(child.item);
    return [...(bytes.length < 32 ? [] : [bytes]), ...walk(child, path.slice(part.length))];
  }
  return [];
}

/** Hex-prefix encoding: flag 0 for an extension, 2 for a leaf, one more when the number of nibbles is odd. */
export function pack(path: string, flag: number): Uint8Array {
  const text = path.length % 2 === 0 ? `${flag}0${path}` : `${flag + 1}${path}`;
  return new Uint8Array(Buffer.from(text, 'hex'));
}

function sharedPrefix(paths: readonly string[]): string {
  const [first = '', ...others] = paths;
  let length = 0;
  while (length < first.length && others.every((path) => path[length] === first[length])) length += 1;
  return first.slice(0, length);
}
