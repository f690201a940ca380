import { WeighbridgeError } from '@weighbridge/core/errors';
import { digestOf } from '@weighbridge/core/hex';
import { sha3 } from '@weighbridge/core/sha3';
import { HEADER_BYTES, type PackageHeader, parseHeader } from '@weighbridge/delta/package-header';
import type { PackageTable } from '@weighbridge/delta/package-table';
import { parseTable } from '@weighbridge/delta/parse-table';
import type { ReadableFile } from '@weighbridge/ports/release-folder';
import { parseBundle } from '@weighbridge/verify/bundle';
import { BUNDLE_MAX_BYTES } from '@weighbridge/verify/bundle-bytes';

/** A package whose header and table hold together, and where its parts lie in the file. */
export interface ReadPackage {
  readonly file: ReadableFile;
  /** As the user named it. */
  readonly location: string;
  readonly header: PackageHeader;
  readonly table: PackageTable;
  readonly resourceOffsets: readonly number[];
  /** Of each target file, where the payload of each leaf begins. */
  readonly payloadOffsets: readonly Float64Array[];
}

/**
 * delta-v1 §2 and §3: reads the head of a package.
 * @throws MALFORMED, LIMIT; TAMPERED when the table is not the one that the header names; IO
 */
export function readPackage(file: ReadableFile, location: string): ReadPackage {
  const start = new Uint8Array(Math.min(HEADER_BYTES, file.sizeBytes));
  file.readInto(0, start);
  const header = parseHeader(start, file.sizeBytes, location);
  const bytes = new Uint8Array(header.tableBytes);
  file.readInto(HEADER_BYTES, bytes);
  requireTable(bytes, header, location);
  const bodyOffset = HEADER_BYTES + header.tableBytes;
  const table = parseTable(bytes, header.packageBytes - bodyOffset, location);
  requireBundled(table, location);
  return { file, location, header, table, ...layOut(table, bodyOffset) };
}

function requireTable(bytes: Uint8Array, { tableDigest }: PackageHeader, location: string): void {
  const found = digestOf(sha3(bytes));
  if (found === tableDigest) return;
  throw new WeighbridgeError('TAMPERED', `the table of ${location} is not the one that its header names`, {
    hint: 'get the package again from where it was published',
    details: { file: location, expected: tableDigest, found },
  });
}

/** delta-v1 §3.3. */
function requireBundled({ target, targetFiles, bundle }: PackageTable, location: string): void {
  if (target.kind === 'content') return;
  if (bundle.length > BUNDLE_MAX_BYTES) throw malformed(location, 'holds a bundle that is too long');
  const { manifest, releaseDigest } = parseBundle(bundle);
  const isSame =
    releaseDigest === target.releaseDigest &&
    manifest.files.length === targetFiles.length &&
    manifest.files.every(({ path, size, tree }, index) => {
      const file = targetFiles[index]!;
      return path === file.path && size === file.size && tree === file.tree;
    });
  if (!isSame) throw malformed(location, 'holds a bundle of another release than it writes');
}

function layOut({ resources, targetFiles }: PackageTable, bodyOffset: number) {
  let offset = bodyOffset;
  const resourceOffsets = resources.map(({ length }) => {
    offset += length;
    return offset - length;
  });
  const payloadOffsets = targetFiles.map(({ payloads: { lengths } }) =>
    Float64Array.from(lengths, (length) => {
      offset += length;
      return offset - length;
    }),
  );
  return { resourceOffsets, payloadOffsets };
}

function malformed(location: string, problem: string): WeighbridgeError {
  return new WeighbridgeError('MALFORMED', `${location} ${problem}`, {
    hint: 'get the package again from where it was published',
    details: { file: location },
  });
}
