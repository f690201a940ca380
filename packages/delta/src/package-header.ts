import type { Digest } from '@weighbridge/core/brands';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { digestOf, toHex } from '@weighbridge/core/hex';
import { sha3, sha3Digest } from '@weighbridge/core/sha3';
import { ByteReader } from './byte-reader.js';
import { ByteWriter } from './byte-writer.js';

/** delta-v1 §2. */
export const HEADER_BYTES = 161;
export const TABLE_MAX_BYTES = 64 * 1024 * 1024;
/** delta-v1 §6: what this applier knows. */
export const OPERATION_SET = 1;

const MAGIC = new TextEncoder().encode('WBDELTA\0');
const FORMAT_VERSION = 1;
const SIGNATURE_BYTES = 65;
const BOUND_BYTES = HEADER_BYTES - SIGNATURE_BYTES;

export interface PackageHeader {
  readonly packageDigest: Digest;
  readonly tableBytes: number;
  readonly packageBytes: number;
  readonly tableDigest: Digest;
}

/** @param packageBytes of the whole file, header included */
export function writeHeader(table: Uint8Array, packageBytes: number): Uint8Array {
  return new ByteWriter()
    .bytes(MAGIC)
    .u16(FORMAT_VERSION)
    .u16(OPERATION_SET)
    .u32(0)
    .u64(table.length)
    .u64(packageBytes)
    .bytes(sha3(table))
    .bytes(new Uint8Array(SIGNATURE_BYTES))
    .finish();
}

/**
 * delta-v1 §2: reads the header of a package.
 * @param bytes the first `HEADER_BYTES` of the file, or the whole of a shorter one
 * @param fileBytes what the file has
 * @throws MALFORMED; LIMIT when a newer applier is needed, or the table is too long
 */
export function parseHeader(bytes: Uint8Array, fileBytes: number, location: string): PackageHeader {
  const reader = new ByteReader(bytes, location);
  if (toHex(bytes.subarray(0, MAGIC.length)) !== toHex(MAGIC)) throw reader.malformed('is no delta package');
  reader.bytes(MAGIC.length);
  if (reader.u16() !== FORMAT_VERSION) throw reader.malformed('has another format version than 1');
  const operationSet = reader.u16();
  if (operationSet === 0) throw reader.malformed('needs operation set 0, which there is not');
  requireKnownOperations(operationSet, location);
  if (reader.u32() !== 0) throw reader.malformed('has a reserved field that is not zero');
  const tableBytes = reader.u64();
  const packageBytes = reader.u64();
  const tableDigest = digestOf(reader.bytes(64));
  if (reader.bytes(SIGNATURE_BYTES).some((byte) => byte !== 0))
    throw reader.malformed('has a signature, which format version 1 has not');
  if (packageBytes !== fileBytes)
    throw reader.malformed(
      `has ${fileBytes} bytes; its header says ${packageBytes}: it was cut, or something was added`,
    );
  if (tableBytes > TABLE_MAX_BYTES) throw tooLong(location, tableBytes);
  if (tableBytes === 0 || HEADER_BYTES + tableBytes > packageBytes) throw reader.malformed('has no room for its table');
  return { packageDigest: sha3Digest(bytes.subarray(0, BOUND_BYTES)), tableBytes, packageBytes, tableDigest };
}

function requireKnownOperations(set: number, location: string): void {
  if (set <= OPERATION_SET) return;
  throw new WeighbridgeError('LIMIT', `${location} needs operation set ${set}, this version knows ${OPERATION_SET}`, {
    hint: 'install a newer weighbridge on this device, or have the package built for this version',
    details: { expected: String(OPERATION_SET), found: String(set) },
  });
}

function tooLong(location: string, bytes: number): WeighbridgeError {
  return new WeighbridgeError('LIMIT', `the table of ${location} has ${bytes} bytes, more than ${TABLE_MAX_BYTES}`, {
    hint: 'get the package again from where it was published',
    details: { expected: String(TABLE_MAX_BYTES), found: String(bytes) },
  });
}
