import { fromHex } from '@weighbridge/core/hex';
import type { PackageTable, Piece, Pinned } from '../package-table.js';
import { leb128, zigzagged } from './spellings.js';

/** One field of a table. `name` says which: `pieces.3.length`, `targetFiles.0.path`. */
export interface Field {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Operations that have a source of the base in their pieces, by delta-v1 §6. */
const WITH_SOURCE = new Set([0, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
const COPY_ID = 0;

/**
 * delta-v1 §3 once more, field by field, so that a test or a fuzzer can break one of them and leave the others. Checks nothing.
 */
export function tableFields(table: PackageTable): Field[] {
  return [
    ...(table.base === undefined ? [field('base.kind', Uint8Array.of(0))] : pinnedFields('base', table.base)),
    ...pinnedFields('target', table.target),
    ...sized('bundle', table.bundle),
    count('baseFiles', table.baseFiles.length),
    ...table.baseFiles.flatMap(({ path, size, tree }, index) => [
      ...sized(`baseFiles.${index}.path`, Buffer.from(path)),
      number(`baseFiles.${index}.size`, size),
      field(`baseFiles.${index}.tree`, fromHex(tree)),
    ]),
    count('targetFiles', table.targetFiles.length),
    ...table.targetFiles.flatMap(({ path, size, leaves }, index) => [
      ...sized(`targetFiles.${index}.path`, Buffer.from(path)),
      number(`targetFiles.${index}.size`, size),
      field(`targetFiles.${index}.leaves`, leaves),
    ]),
    count('resources', table.resources.length),
    ...table.resources.flatMap(({ operation, length, digest32 }, index) => [
      field(`resources.${index}.operation`, Uint8Array.of(operation)),
      number(`resources.${index}.length`, length),
      field(`resources.${index}.digest`, digest32),
    ]),
    ...pieceFields(table.targetFiles.flatMap(({ pieces }) => pieces)),
    ...table.targetFiles.flatMap(({ payloads: { lengths, digests } }, file) =>
      [...lengths].flatMap((length, leaf) => [
        number(`payloads.${file}.${leaf}.length`, length),
        ...(length === 0 ? [] : [field(`payloads.${file}.${leaf}.digest`, digests.slice(leaf * 32, (leaf + 1) * 32))]),
      ]),
    ),
    ...sized('labels', table.labels),
  ];
}

export function joinFields(fields: readonly Field[]): Uint8Array {
  return new Uint8Array(Buffer.concat(fields.map(({ bytes }) => bytes)));
}

/** The fields with one of them changed. @throws RangeError when there is none of this name */
export function withField(fields: readonly Field[], name: string, change: (bytes: Uint8Array) => Uint8Array): Field[] {
  if (!fields.some((one) => one.name === name)) throw new RangeError(`no field ${name}`);
  return fields.map((one) => (one.name === name ? { name, bytes: change(one.bytes) } : one));
}

function pieceFields(pieces: readonly Piece[]): Field[] {
  let expectedFile = -1;
  let expected = 0;
  const fields = pieces.flatMap(({ operation, start, length, source, resource }, index) => {
    const own = [
      field(`pieces.${index}.operation`, Uint8Array.of(operation)),
      number(`pieces.${index}.length`, length),
    ];
    if (WITH_SOURCE.has(operation) && source !== undefined) {
      const from = source.file === expectedFile ? expected : start;
      own.push(number(`pieces.${index}.file`, source.file));
      own.push(field(`pieces.${index}.offset`, zigzagged(BigInt(source.offset) - BigInt(from))));
      expectedFile = source.file;
      expected = source.offset + length;
    }
    if (operation !== COPY_ID) own.push(number(`pieces.${index}.resource`, resource + 1));
    return own;
  });
  return [count('pieces', pieces.length), ...fields];
}

function pinnedFields(side: string, pinned: Pinned): Field[] {
  const isRelease = pinned.kind === 'release';
  return [
    field(`${side}.kind`, Uint8Array.of(isRelease ? 1 : 2)),
    field(`${side}.content`, fromHex(pinned.contentDigest)),
    ...(isRelease ? [field(`${side}.release`, fromHex(pinned.releaseDigest))] : []),
  ];
}

function sized(name: string, bytes: Uint8Array): Field[] {
  return [number(`${name}.length`, bytes.length), field(name, bytes)];
}

function count(name: string, value: number): Field {
  return number(`${name}.count`, value);
}

function number(name: string, value: number): Field {
  return field(name, leb128(BigInt(value)));
}

function field(name: string, bytes: Uint8Array): Field {
  return { name, bytes };
}
