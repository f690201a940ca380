import { createHash } from 'node:crypto';
import { type ImportCandidate, importer } from 'ipfs-unixfs-importer';
import { describe, expect, it } from 'vitest';
import { goldenBytes } from '../../../test/support/golden-stream.js';
import { cidText } from './cid-bytes.js';
import { type DagLink, type DagNode, fileDag, folderNode } from './unixfs-dag.js';

const MIB = 1_048_576;
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();

function dagOf(bytes: Uint8Array, onNode?: (node: DagNode) => void): DagLink {
  const chunks = Array.from({ length: Math.ceil(bytes.length / MIB) }, (_, index) =>
    sha256(bytes.subarray(index * MIB, (index + 1) * MIB)),
  );
  return fileDag(bytes.length, new Uint8Array(Buffer.concat(chunks)), onNode);
}

/** All blocks that js-ipfs' own importer makes, in the same profile, and the CID of what it was given. */
async function imported(files: Readonly<Record<string, Uint8Array>>) {
  const blocks = new Map<string, Uint8Array>();
  const put = async (cid: { toString(): string }, bytes: Uint8Array) => {
    blocks.set(cid.toString(), bytes);
    return cid;
  };
  async function* candidates(): AsyncGenerator<ImportCandidate> {
    for (const [path, bytes] of Object.entries(files)) {
      yield {
        path,
        content: (async function* () {
          yield bytes;
        })(),
      };
    }
  }
  let root = '';
  for await (const entry of importer(candidates(), { put } as never, {
    profile: 'unixfs-v1-2025',
    wrapWithDirectory: true,
  })) {
    root = entry.cid.toString();
  }
  return { root, blocks };
}

describe('a second implementation makes the same blocks', () => {
  it('of a file', async () => {
    const bytes = goldenBytes(3 * MIB + 7);
    const nodes: DagNode[] = [];
    const { cid } = dagOf(bytes, (node) => nodes.push(node));
    const { blocks } = await imported({ file: bytes });
    expect(nodes.map((node) => cidText(node.cid))).toEqual([cidText(cid)]);
    expect(Buffer.from(nodes[0]!.block)).toEqual(Buffer.from(blocks.get(cidText(cid))!));
  });

  it('of a folder, names beyond ASCII and a folder in it', async () => {
    const files = {
      'z.bin': goldenBytes(2 * MIB),
      'a/empty': goldenBytes(0),
      'a/ä.json': goldenBytes(7),
      B: goldenBytes(1),
    };
    const entry = (name: string, path: keyof typeof files) => ({ name, link: dagOf(files[path]) });
    const inner = folderNode([entry('empty', 'a/empty'), entry('ä.json', 'a/ä.json')]);
    const outer = folderNode([entry('B', 'B'), { name: 'a', link: inner }, entry('z.bin', 'z.bin')]);
    const { root, blocks } = await imported(files);
    expect(cidText(outer.cid)).toBe(root);
    expect(Buffer.from(outer.block)).toEqual(Buffer.from(blocks.get(root)!));
    expect(Buffer.from(inner.block)).toEqual(Buffer.from(blocks.get(cidText(inner.cid))!));
  });

  it('of an empty folder', async () => {
    expect(cidText(folderNode([]).cid)).toBe('bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354');
  });
});

describe('fileDag', () => {
  it('hands out two levels, children first', () => {
    const nodes: DagNode[] = [];
    const root = fileDag(1025 * MIB, new Uint8Array(1025 * 32), (node) => nodes.push(node));
    expect(nodes.map(({ fileBytes }) => fileBytes)).toEqual([1024 * MIB, MIB, 1025 * MIB]);
    expect(nodes.at(-1)!.cid).toEqual(root.cid);
    expect(root.dagBytes).toBe(1025 * MIB + nodes.reduce((sum, { block }) => sum + block.length, 0));
  });
});
