import { createMerkleProof, createMPT, type MerklePatriciaTrie } from '@ethereumjs/mpt';
import { toHex } from '@weighbridge/core/hex';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keccak256 } from './keccak256.js';
import { encodeRlp, type RlpItem } from './rlp.js';
import { buildTrie, pack } from './testing/trie-builder.js';
import { lookUp, NodePool } from './trie.js';
import { wordOf } from './words.js';

const UNTRUSTED = expect.objectContaining({ code: 'UNTRUSTED' });
const NOTHING = new Uint8Array(0);

/** Keys that share long beginnings or ends, so that extensions, deep branches and nodes inside nodes come about. */
const anyKey = fc
  .tuple(fc.constantFrom(0, 1, 16, 30, 31), fc.uint8Array({ minLength: 32, maxLength: 32 }))
  .map(([shared, random]) => Uint8Array.from(random, (byte, index) => (index < shared ? 0x11 : byte & 0x33)));
const anyValue = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 3 }),
  fc.uint8Array({ minLength: 20, maxLength: 60 }),
);
const anyEntries = fc.uniqueArray(fc.tuple(anyKey, anyValue), {
  minLength: 1,
  maxLength: 24,
  selector: ([key]) => toHex(key),
});

async function oracleOf(entries: readonly (readonly [Uint8Array, Uint8Array])[]): Promise<MerklePatriciaTrie> {
  const trie = await createMPT();
  for (const [key, value] of entries) await trie.put(key, value);
  return trie;
}

describe('buildTrie', () => {
  it('has the root and the proofs of @ethereumjs/mpt', async () => {
    await fc.assert(
      fc.asyncProperty(anyEntries, anyKey, async (entries, absent) => {
        const oracle = await oracleOf(entries);
        const built = buildTrie(entries);
        expect(toHex(built.root)).toBe(toHex(oracle.root()));
        for (const key of [entries[0]![0], absent]) {
          const proof = await createMerkleProof(oracle, key);
          expect(built.proofOf(key).map(toHex)).toEqual(
            proof.filter((node, depth) => depth === 0 || node.length >= 32).map(toHex),
          );
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('lookUp', () => {
  it('finds in the proofs of @ethereumjs/mpt what its trie holds, and needs every node', async () => {
    await fc.assert(
      fc.asyncProperty(anyEntries, anyKey, async (entries, absent) => {
        const oracle = await oracleOf(entries);
        for (const key of [...entries.map(([present]) => present), absent]) {
          const proof = await createMerkleProof(oracle, key);
          const pool = new NodePool(proof.filter((node, depth) => depth === 0 || node.length >= 32));
          const value = await oracle.get(key);
          expect(lookUp(pool, oracle.root(), key)).toEqual(value === null ? undefined : value);
          expect(pool.unusedCount).toBe(0);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('finds nothing once any node is changed or gone', () => {
    fc.assert(
      fc.property(anyEntries, fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }), (entries, which, at, change) => {
        const { root, proofOf } = buildTrie(entries);
        const key = entries[0]![0];
        const proof = proofOf(key);
        const index = which % proof.length;
        const changed = proof[index]!.map((byte, position) =>
          position === at % proof[index]!.length ? byte ^ change : byte,
        );
        expect(() => lookUp(new NodePool(proof.with(index, changed)), root, key)).toThrow(UNTRUSTED);
        expect(() => lookUp(new NodePool(proof.toSpliced(index, 1)), root, key)).toThrow(UNTRUSTED);
      }),
    );
  });

  it('proves absence in an empty trie without any node', () => {
    const { root } = buildTrie([]);
    expect(lookUp(new NodePool([]), root, wordOf(1))).toBeUndefined();
    expect(toHex(root)).toBe('56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421');
  });

  it('counts nodes that no walk needed', () => {
    const { root, proofOf } = buildTrie([[wordOf(1), wordOf(5)]]);
    const pool = new NodePool([...proofOf(wordOf(1)), encodeRlp([NOTHING, wordOf(9)])]);
    lookUp(pool, root, wordOf(1));
    expect(pool.unusedCount).toBe(1);
  });

  it('counts a node once, however many walks need it', () => {
    const { root, proofOf } = buildTrie([[wordOf(1), wordOf(5)]]);
    const pool = new NodePool([...proofOf(wordOf(1)), encodeRlp([NOTHING, wordOf(9)])]);
    for (const key of [wordOf(1), wordOf(1), wordOf(2)]) lookUp(pool, root, key);
    expect(pool.unusedCount).toBe(1);
  });
});

const KEY = '0123456789abcdef'.repeat(4);
const LONG = new Uint8Array(40).fill(7);
const leafOf = (path: string, value: RlpItem = LONG): RlpItem => [pack(path, 2), value];
const extensionOf = (path: string, child: RlpItem): RlpItem => [pack(path, 0), child];
const branchOf = (children: Readonly<Record<string, RlpItem>>, value: RlpItem = NOTHING): RlpItem => [
  ...[...'0123456789abcdef'].map((digit) => children[digit] ?? NOTHING),
  value,
];
/** Looks the key up in a trie made of these nodes, the first one at the top. */
function walk(...nodes: readonly RlpItem[]): Uint8Array | undefined {
  const encoded = nodes.map((node) => encodeRlp(node));
  return lookUp(new NodePool(encoded), keccak256(encoded[0]!), Uint8Array.from(Buffer.from(KEY, 'hex')));
}
const hashOf = (node: RlpItem): Uint8Array => keccak256(encodeRlp(node));
const other = leafOf('f'.repeat(63));

describe('lookUp in tries made by hand', () => {
  it('takes a leaf at the top', () => expect(walk(leafOf(KEY))).toEqual(LONG));

  it('takes a branch over a leaf', () => {
    const leaf = leafOf(KEY.slice(1));
    expect(walk(branchOf({ '0': hashOf(leaf), '1': hashOf(other) }), leaf)).toEqual(LONG);
  });

  it('takes a leaf that stands inside a branch inside an extension', () => {
    const short = Uint8Array.of(5);
    const branch = branchOf({ f: leafOf('', short), '1': leafOf('', short) });
    expect(encodeRlp(branch).length).toBeLessThan(32);
    expect(walk(extensionOf(KEY.slice(0, 63), branch))).toEqual(short);
  });

  it.each([
    ['another leaf at the top', [leafOf(`1${KEY.slice(1)}`)]],
    ['an extension elsewhere', [extensionOf('1', new Uint8Array(32))]],
    ['an empty place in a branch', [branchOf({ '1': new Uint8Array(32), '2': new Uint8Array(32) })]],
  ])('takes %s as proof of absence', (_, nodes) => expect(walk(...nodes)).toBeUndefined());

  const below = leafOf(KEY.slice(1));
  const branchAbove = (child: RlpItem) => branchOf({ '0': child, '1': hashOf(other) });
  const extension = extensionOf(KEY.slice(1, 3), hashOf(other));
  const fork = branchOf({ '0': hashOf(other), '1': hashOf(other) });
  const cases: readonly (readonly [string, readonly RlpItem[]])[] = [
    ['a leaf with a path that is too short', [leafOf(KEY.slice(1))]],
    ['a leaf with a path that is too short and elsewhere', [leafOf(`1${KEY.slice(2)}`)]],
    ['a leaf with a path that is too long', [leafOf(`${KEY}0`)]],
    ['a leaf without a value', [leafOf(KEY, NOTHING)]],
    ['a leaf with a list as value', [leafOf(KEY, [LONG])]],
    ['a path with flag 4', [[pack(KEY, 4), LONG]]],
    ['a path with an even flag and a nibble behind it', [[Uint8Array.of(0x21, ...Buffer.from(KEY, 'hex')), LONG]]],
    ['no path', [[NOTHING, LONG]]],
    ['a list as path', [[[pack(KEY, 2)], LONG]]],
    ['a string', [LONG]],
    ['an empty list', [[]]],
    ['three items', [[pack(KEY, 2), LONG, LONG]]],
    ['sixteen items', [[...(branchAbove(hashOf(below)) as readonly RlpItem[]).slice(1)], below]],
    ['a branch with a value', [branchOf({ '0': hashOf(below), '1': hashOf(other) }, Uint8Array.of(1)), below]],
    ['a branch with a list as value', [branchOf({ '0': hashOf(below), '1': hashOf(other) }, []), below]],
    ['a branch with one child', [branchOf({ '0': hashOf(below) }), below]],
    ['a branch without children', [branchOf({})]],
    ['a child of 31 bytes', [branchAbove(hashOf(below).subarray(1)), below]],
    ['a child of 33 bytes', [branchAbove(Uint8Array.of(0, ...hashOf(below))), below]],
    ['a node of 32 bytes or more inside its parent', [branchAbove(below)]],
    ['a child elsewhere that is too long to stand there', [branchOf({ '0': hashOf(below), '1': other }), below]],
    ['a child elsewhere of 31 bytes', [branchOf({ '0': hashOf(below), '1': new Uint8Array(31) }), below]],
    [
      'an extension without a path',
      [extensionOf('', hashOf(branchAbove(hashOf(below)))), branchAbove(hashOf(below)), below],
    ],
    ['an extension without a child', [extensionOf(KEY.slice(0, 2), NOTHING)]],
    ['an extension over a leaf', [extensionOf(KEY.slice(0, 1), hashOf(below)), below]],
    ['an extension over an extension', [extensionOf(KEY.slice(0, 1), hashOf(extension)), extension]],
    ['an extension that takes the whole key', [extensionOf(KEY, hashOf(other)), other]],
    ['an extension that takes the whole key, over a branch', [extensionOf(KEY, hashOf(fork)), fork]],
    ['an extension longer than the key and elsewhere', [extensionOf(`f${KEY}`, hashOf(other)), other]],
    ['a node that is not there', [branchAbove(hashOf(below))]],
  ];
  it.each(cases)('refuses %s', (_, nodes) => expect(() => walk(...nodes)).toThrow(UNTRUSTED));

  it('refuses a node shorter than 32 bytes that is referred to by its hash', () => {
    const short = leafOf('', Uint8Array.of(5));
    const branch = branchOf({ f: hashOf(short), '1': hashOf(short) });
    expect(() => walk(extensionOf(KEY.slice(0, 63), hashOf(branch)), branch, short)).toThrow(UNTRUSTED);
  });

  it.each([
    [31, 26],
    [32, 27],
  ])('draws the line between inside and outside at 32 bytes: %i', (length, valueLength) => {
    const value = new Uint8Array(valueLength).fill(9);
    const leaf = leafOf(KEY.slice(61), value);
    const top = (child: RlpItem) => branchOf({ [KEY[60]!]: child, '1': leafOf('', Uint8Array.of(1)) });
    const run = (child: RlpItem, ...more: readonly RlpItem[]) =>
      walk(extensionOf(KEY.slice(0, 60), hashOf(top(child))), top(child), ...more);
    expect(encodeRlp(leaf)).toHaveLength(length);
    const [inside, outside] = [() => run(leaf), () => run(hashOf(leaf), leaf)];
    const [right, wrong] = length < 32 ? [inside, outside] : [outside, inside];
    expect(right()).toEqual(value);
    expect(wrong).toThrow(UNTRUSTED);
  });

  it('refuses a branch below the last nibble', () => {
    const deep = branchOf({ '0': hashOf(other), '1': hashOf(other) });
    const last = branchOf({ f: hashOf(deep), '1': hashOf(other) });
    expect(() => walk(extensionOf(KEY.slice(0, 63), hashOf(last)), last, deep)).toThrow(UNTRUSTED);
  });

  it('refuses a node with trailing bytes and one that is no RLP', () => {
    const key = Uint8Array.from(Buffer.from(KEY, 'hex'));
    for (const node of [Uint8Array.of(...encodeRlp(leafOf(KEY)), 0), new Uint8Array(40).fill(0xff), NOTHING]) {
      expect(() => lookUp(new NodePool([node]), keccak256(node), key)).toThrow(UNTRUSTED);
    }
  });

  it('takes any bytes as nodes without any other error', () => {
    const key = Uint8Array.from(Buffer.from(KEY, 'hex'));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), (node) => {
        // RLP of the empty string is the empty trie, which proves that there is nothing.
        fc.pre(!(node.length === 1 && node[0] === 0x80));
        expect(() => lookUp(new NodePool([node]), keccak256(node), key)).toThrow(UNTRUSTED);
      }),
    );
  });
});
