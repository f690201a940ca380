import type { Digest, RelativePath } from '@weighbridge/core/brands';
import { digestOf } from '@weighbridge/core/hex';
import { compareUtf8 } from '@weighbridge/core/members';
import { pathProblem, requireNoTwins, showPath } from '@weighbridge/core/paths';
import { chunkCount, LEAF_BYTES, treeRoot } from '@weighbridge/core/tree';
import { contentDigest } from '@weighbridge/manifest/content-digest';
import { ByteReader } from './byte-reader.js';
import {
  type BaseFile,
  DIGEST32_BYTES,
  FILES_MAX,
  LABELS_MAX_BYTES,
  type PackageTable,
  PAYLOAD_MAX_BYTES,
  type Payloads,
  type Pinned,
  RESOURCE_MAX_BYTES,
  RESOURCES_MAX,
  type Resource,
} from './package-table.js';
import { BYTES, COPY, codecOf, operationOf } from './operations.js';
import { readPieces } from './read-pieces.js';

const BUNDLE_MAX_BYTES = 17 * 1024 * 1024;
const PATH_MAX_BYTES = 4096;

/**
 * delta-v1 §3 and §4: parses a table, whose digest was compared.
 * @param bodyBytes what follows the table in the file: resources and payloads
 * @throws MALFORMED, LIMIT
 */
export function parseTable(bytes: Uint8Array, bodyBytes: number, location: string): PackageTable {
  const reader = new ByteReader(bytes, `the table of ${location}`);
  const base = readBase(reader);
  const target = readPinned(reader, reader.u8());
  const bundle = readBundle(reader, target);
  const baseFiles = readBaseFiles(reader, base);
  const files = readTargetFiles(reader, target);
  const resources = readResources(reader);
  const pieces = readPieces(reader, { baseFiles, targetFiles: files, resources });
  const payloads = files.map(({ size }) => readPayloads(reader, chunkCount(size)));
  const labels = reader.bytes(reader.count('bytes of labels', LABELS_MAX_BYTES));
  reader.end();
  requireBody(reader, bodyBytes, resources, payloads);
  const targetFiles = files.map((file, index) => ({ ...file, pieces: pieces[index]!, payloads: payloads[index]! }));
  return { base, target, bundle, baseFiles, targetFiles, resources, labels };
}

function readBase(reader: ByteReader): Pinned | undefined {
  const kind = reader.u8();
  return kind === 0 ? undefined : readPinned(reader, kind);
}

function readPinned(reader: ByteReader, kind: number): Pinned {
  if (kind !== 1 && kind !== 2) throw reader.malformed(`pins something of the unknown kind ${kind}`);
  const pinned = digestOf(reader.bytes(64));
  return kind === 2
    ? { kind: 'content', contentDigest: pinned }
    : { kind: 'release', contentDigest: pinned, releaseDigest: digestOf(reader.bytes(64)) };
}

function readBundle(reader: ByteReader, target: Pinned): Uint8Array {
  const bundle = reader.bytes(reader.count('bytes of bundle', BUNDLE_MAX_BYTES));
  if (bundle.length > 0 !== (target.kind === 'release'))
    throw reader.malformed('has a bundle without a release, or a release without one');
  return bundle;
}

function readBaseFiles(reader: ByteReader, base: Pinned | undefined): BaseFile[] {
  const files = readList(reader, 'base files', FILES_MAX, () => ({
    path: readPath(reader),
    size: reader.varint(),
    tree: digestOf(reader.bytes(LEAF_BYTES)),
  }));
  requirePinned(reader, 'base', files, base?.contentDigest);
  return files;
}

function readTargetFiles(reader: ByteReader, target: Pinned) {
  const files = readList(reader, 'target files', FILES_MAX, () => {
    const path = readPath(reader);
    const size = reader.varint();
    const leaves = reader.bytes(chunkCount(size) * LEAF_BYTES);
    return { path, size, leaves, tree: treeRoot(size, leaves) };
  });
  requirePinned(reader, 'target', files, target.contentDigest);
  return files;
}

function readPath(reader: ByteReader): RelativePath {
  const bytes = reader.bytes(reader.count('bytes of a path', PATH_MAX_BYTES));
  let path: string;
  try {
    path = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw reader.malformed('has a path that is not UTF-8');
  }
  const problem = pathProblem(path);
  if (problem === undefined) return path as RelativePath;
  throw reader.malformed(`has the path ${showPath(path)}, which ${problem}`);
}

/** delta-v1 §3.1 and §3.2. */
function requirePinned(
  reader: ByteReader,
  which: 'base' | 'target',
  files: readonly BaseFile[],
  pinned: Digest | undefined,
): void {
  for (let index = 1; index < files.length; index += 1) {
    if (compareUtf8(files[index - 1]!.path, files[index]!.path) >= 0)
      throw reader.malformed(`has ${which} files that are not sorted`);
  }
  requireNoTwins(files.map(({ path }) => path));
  if (pinned === undefined ? files.length > 0 : files.length === 0)
    throw reader.malformed(`has ${files.length} files in its ${which}`);
  if (pinned !== undefined && contentDigest(files) !== pinned)
    throw reader.malformed(`lists ${which} files that are not what it pins`);
}

function readResources(reader: ByteReader): Resource[] {
  return readList(reader, 'resources', RESOURCES_MAX, () => ({
    operation: readResourceOwner(reader),
    length: reader.count('bytes of a resource', RESOURCE_MAX_BYTES),
    digest32: reader.bytes(DIGEST32_BYTES),
  }));
}

/** delta-v1 §4.3: what nobody could read is no resource. */
function readResourceOwner(reader: ByteReader): number {
  const operation = reader.u8();
  if (takesResource(operation)) return operation;
  throw reader.malformed(`has a resource of operation ${operation}, which takes none`);
}

function takesResource(id: number): boolean {
  const isCodec = operationOf(id) !== undefined && id !== COPY.id && id !== BYTES.id;
  return isCodec && codecOf(id).readModel !== undefined;
}

function readPayloads(reader: ByteReader, count: number): Payloads {
  const lengths = new Uint32Array(count);
  const digests = new Uint8Array(count * DIGEST32_BYTES);
  for (let leaf = 0; leaf < count; leaf += 1) {
    lengths[leaf] = reader.count('bytes of a payload', PAYLOAD_MAX_BYTES);
    if (lengths[leaf]! > 0) digests.set(reader.bytes(DIGEST32_BYTES), leaf * DIGEST32_BYTES);
  }
  return { lengths, digests };
}

/** delta-v1 §3.4. */
function requireBody(
  reader: ByteReader,
  bodyBytes: number,
  resources: readonly Resource[],
  payloads: readonly Payloads[],
): void {
  let sum = 0;
  for (const { length } of resources) sum += length;
  for (const { lengths } of payloads) for (const length of lengths) sum += length;
  if (sum !== bodyBytes) throw reader.malformed(`promises ${sum} bytes after it, there are ${bodyBytes}`);
}

/** Each entry takes at least one byte, so that a count is never larger than what is left. */
function readList<T>(reader: ByteReader, name: string, most: number, readEntry: () => T): T[] {
  const count = reader.count(name, most);
  const entries: T[] = [];
  for (let index = 0; index < count; index += 1) entries.push(readEntry());
  return entries;
}
