import { HEADER_BYTES } from '../package-header.js';
import { DIGEST32_BYTES, type PackageTable, type Piece, type TargetFile } from '../package-table.js';
import { parseTable } from '../parse-table.js';
import { hostileNumber, mutateBytes } from './mutate-bytes.js';
import { joinFields, tableFields } from './package-fields.js';
import type { Random } from './random.js';
import { digest32, headerBytes, sealPackage } from './sample-package.js';

/** A good package, taken apart. */
export interface SeedPackage {
  readonly bytes: Uint8Array;
  readonly table: PackageTable;
  readonly resources: readonly Uint8Array[];
  /** Of each leaf of each target file. */
  readonly payloads: readonly (readonly Uint8Array[])[];
}

/** @param bytes a package that holds to delta-v1 */
export function takeApart(bytes: Uint8Array): SeedPackage {
  const tableBytes = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(16, true));
  const body = bytes.subarray(HEADER_BYTES + tableBytes);
  const table = parseTable(bytes.slice(HEADER_BYTES, HEADER_BYTES + tableBytes), body.length, 'a seed');
  let at = 0;
  const take = (length: number): Uint8Array => {
    at += length;
    return body.slice(at - length, at);
  };
  const resources = table.resources.map(({ length }) => take(length));
  const payloads = table.targetFiles.map((file) => Array.from(file.payloads.lengths, take));
  return { bytes, table, resources, payloads };
}

export type Way = 'bytes' | 'field' | 'piece' | 'payload' | 'resource';
const WAYS: readonly Way[] = [
  'bytes',
  'field',
  'piece',
  'piece',
  'payload',
  'payload',
  'payload',
  'resource',
  'resource',
];

/** A package with one kind of damage; all digests but those of the damage's own way are made to fit again. */
export function mutatePackage(seed: SeedPackage, random: Random): { readonly way: Way; readonly bytes: Uint8Array } {
  const way = random.oneOf(WAYS);
  return { way, bytes: damaged(seed, way, random) };
}

function damaged(seed: SeedPackage, way: Way, random: Random): Uint8Array {
  if (way === 'field') return withHostileField(seed, random);
  if (way === 'piece') return sealed({ ...seed, table: withOtherPieces(seed.table, random) });
  if (way === 'payload') return sealed(withOtherPayload(seed, random));
  if (way === 'resource' && seed.resources.length > 0) return sealed(withOtherResource(seed, random));
  return mutateBytes(seed.bytes, random);
}

/** Lengths and digests of resources and payloads are computed anew. */
function sealed({ table, resources, payloads }: Omit<SeedPackage, 'bytes'>): Uint8Array {
  const targetFiles = table.targetFiles.map((file, index): TargetFile => {
    const own = payloads[index]!;
    const digests = new Uint8Array(own.length * DIGEST32_BYTES);
    for (const [leaf, payload] of own.entries()) digests.set(digest32(payload), leaf * DIGEST32_BYTES);
    return { ...file, payloads: { lengths: Uint32Array.from(own, ({ length }) => length), digests } };
  });
  const listed = table.resources.map((resource, index) => {
    const bytes = resources[index]!;
    return { ...resource, length: bytes.length, digest32: bytes.length === 0 ? resource.digest32 : digest32(bytes) };
  });
  const fields = tableFields({ ...table, targetFiles, resources: listed });
  return sealPackage(joinFields(fields), new Uint8Array(Buffer.concat([...resources, ...payloads.flat()])));
}

function withHostileField(seed: SeedPackage, random: Random): Uint8Array {
  const fields = tableFields(seed.table);
  const broken = random.below(fields.length);
  const changed = fields.map((field, index) =>
    index === broken
      ? { ...field, bytes: random.below(2) === 0 ? hostileNumber(random) : mutateBytes(field.bytes, random) }
      : field,
  );
  const table = joinFields(changed);
  const body = Buffer.concat([...seed.resources, ...seed.payloads.flat()]);
  const isHeader = random.below(8) === 0;
  if (!isHeader) return sealPackage(table, body);
  const header = mutateBytes(headerBytes(table, body.length), random);
  return new Uint8Array(Buffer.concat([header, table, body]));
}

function withOtherPayload(seed: SeedPackage, random: Random): SeedPackage {
  const holders = seed.payloads.flatMap((own, file) =>
    own.flatMap((payload, leaf) => (payload.length > 0 ? [{ file, leaf }] : [])),
  );
  if (holders.length === 0) return seed;
  const { file, leaf } = random.oneOf(holders);
  const other = random.oneOf(holders);
  const payloads = seed.payloads.map((own) => [...own]);
  payloads[file]![leaf] =
    random.below(10) === 0 ? seed.payloads[other.file]![other.leaf]! : mutateBytes(seed.payloads[file]![leaf]!, random);
  return { ...seed, payloads };
}

function withOtherResource(seed: SeedPackage, random: Random): SeedPackage {
  const chosen = random.below(seed.resources.length);
  const change = (bytes: Uint8Array) =>
    random.below(10) === 0 ? random.oneOf(seed.resources) : mutateBytes(bytes, random);
  return { ...seed, resources: seed.resources.map((bytes, index) => (index === chosen ? change(bytes) : bytes)) };
}

/** Pieces that mean something else, most of them within the rules. */
function withOtherPieces(table: PackageTable, random: Random): PackageTable {
  const holders = table.targetFiles.flatMap(({ pieces }, file) => (pieces.length > 0 ? [file] : []));
  if (holders.length === 0) return table;
  const chosen = random.oneOf(holders);
  const change = random.oneOf([otherOperation, otherSource, otherBorder, otherResource]);
  const targetFiles = table.targetFiles.map((file, index) =>
    index === chosen ? { ...file, pieces: change(file.pieces, table, random) } : file,
  );
  return { ...table, targetFiles };
}

type Change = (pieces: readonly Piece[], table: PackageTable, random: Random) => readonly Piece[];

const otherOperation: Change = (pieces, table, random) => {
  const source = table.baseFiles.length === 0 ? undefined : { file: random.below(table.baseFiles.length), offset: 0 };
  return changeOne(pieces, random, (piece) => ({
    ...piece,
    operation: random.below(18),
    source: piece.source ?? source,
  }));
};

const otherSource: Change = (pieces, table, random) =>
  changeOne(pieces, random, (piece) => {
    const offset = random.oneOf([0, 1, 2, random.below(5000), 2 ** 31, 2 ** 52]);
    return { ...piece, source: { file: random.below(table.baseFiles.length + 1), offset } };
  });

const otherResource: Change = (pieces, table, random) =>
  changeOne(pieces, random, (piece) => ({ ...piece, resource: random.below(table.resources.length + 2) - 1 }));

/** One piece ends elsewhere, the next begins there. */
const otherBorder: Change = (pieces, _table, random) => {
  const index = random.below(pieces.length);
  const [piece, next] = [pieces[index]!, pieces[index + 1]];
  const length = 1 + random.below(piece.length + (next?.length ?? 0));
  const rest = piece.length + (next?.length ?? 0) - length;
  const second = next ?? { ...piece, operation: random.oneOf([0, 1, piece.operation]), resource: -1 };
  const pair = [
    { ...piece, length },
    { ...second, start: piece.start + length, length: rest },
  ];
  return [...pieces.slice(0, index), ...pair.filter((one) => one.length > 0), ...pieces.slice(index + 2)];
};

function changeOne(pieces: readonly Piece[], random: Random, change: (piece: Piece) => Piece): readonly Piece[] {
  const chosen = random.below(pieces.length);
  return pieces.map((piece, index) => (index === chosen ? change(piece) : piece));
}
