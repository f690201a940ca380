import { goldenBytes, goldenFiles } from '../../support/golden-stream.js';
import { digest, type Json, type JsonMap, sha3 } from './canonical.js';
import { leavesOf, rootOf } from './tree.js';

/** The files of `test/vectors/example-release/`, which most bundles here are about. */
export const EXAMPLE_FILES: Readonly<Record<string, string>> = {
  'config.json': '{"layers":2,"width":64}\n',
  'weights/model.bin': 'These bytes stand for the weights of a model.\n',
};

export const MODEL = 'acme/pilot-llm';
export const VERSION = '1.0.0';
export const RELEASE = `${MODEL}@${VERSION}`;

/** A manifest entry of a file of one chunk or none. */
export function entry(path: string, text: string): JsonMap {
  const bytes = Buffer.from(text);
  const sha256 = digest('sha256', [bytes]);
  return {
    path,
    size: bytes.length,
    'sha3-512': sha3(bytes),
    tree: rootOf(bytes.length, leavesOf(bytes)),
    sha256: sha256.toString('hex'),
    // CIDv1, raw, sha2-256: a file of one chunk is its own block.
    cid: `b${base32(Buffer.concat([Buffer.from([1, 0x55, 0x12, 32]), sha256]))}`,
  };
}

/** The entry of a file that is the start of the golden stream: digests from outside tools. */
export function goldenEntry(path: string, size: number): JsonMap {
  const known = goldenFiles().find((golden) => golden.size === size);
  if (known?.tree === undefined || known.cid === undefined) throw new RangeError(`no golden file has ${size} bytes`);
  return { path, size, 'sha3-512': known['sha3-512'], tree: known.tree, sha256: known.sha256, cid: known.cid };
}

export function goldenLeaves(size: number): Buffer[] {
  return leavesOf(goldenBytes(size));
}

/** A manifest of the example files with other members where they are given. */
export function manifest(members: Readonly<Record<string, Json>> = {}): Record<string, Json> {
  return {
    format: 'manifest-v1',
    model: MODEL,
    version: VERSION,
    versionCode: 1,
    files: Object.entries(EXAMPLE_FILES).map(([path, text]) => entry(path, text)),
    license: { declared: 'MIT', concluded: 'NOASSERTION', evidence: [] },
    baseModels: [],
    source: { kind: '', uri: '', revision: '' },
    ...members,
  };
}

function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const groups = bits.match(/.{1,5}/g) ?? [];
  return groups.map((group) => 'abcdefghijklmnopqrstuvwxyz234567'[Number.parseInt(group.padEnd(5, '0'), 2)]).join('');
}
