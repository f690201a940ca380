import { deflateRawSync } from 'node:zlib';
import { canonical, digest, sha3 } from './canonical.js';
import { leavesOf, rootOf } from './tree.js';

const CHUNK = 1_048_576;

/** delta-v1 straight from its definition, in fields that can be broken one by one. */
export interface DeltaPackage {
  readonly table: readonly Field[];
  /** Resources and payloads. */
  readonly body: readonly Buffer[];
}

export interface Field {
  readonly name: string;
  readonly bytes: Buffer;
}

export interface SourceFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

export interface WrittenFile extends SourceFile {
  /** What covers it; all of it RAW where nothing is given. */
  readonly pieces?: readonly PieceSpec[];
  /** Payloads of its leaves in place of those that RAW pieces make. */
  readonly payloads?: readonly Uint8Array[];
}

export interface PieceSpec {
  readonly operation: number;
  readonly length: number;
  readonly source?: { readonly file: number; readonly offset: number };
  /** 0 for none. */
  readonly resource?: number;
}

export interface PackageSpec {
  /** Undefined for a full package. */
  readonly base?: readonly SourceFile[] | undefined;
  readonly baseRelease?: string;
  readonly target: readonly WrittenFile[];
  readonly release?: { readonly digest: string; readonly bundle: Uint8Array };
  readonly resources?: readonly { readonly operation: number; readonly bytes: Uint8Array }[];
}

export const raw = (length: number): PieceSpec => ({ operation: 1, length });
export const copy = (length: number, file: number, offset: number): PieceSpec => ({
  operation: 0,
  length,
  source: { file, offset },
});

export function deltaPackage({ base, baseRelease, target, release, resources = [] }: PackageSpec): DeltaPackage {
  const payloads = target.map((file) => file.payloads?.map((bytes) => Buffer.from(bytes)) ?? rawPayloads(file));
  const table = [
    ...(base === undefined ? [field('base.kind', Buffer.of(0))] : pinned('base', base, baseRelease)),
    ...pinned('target', target, release?.digest),
    ...sized('bundle', Buffer.from(release?.bundle ?? [])),
    number('baseFiles.count', base?.length ?? 0),
    ...(base ?? []).flatMap(({ path, bytes }, index) => [
      ...sized(`baseFiles.${index}.path`, Buffer.from(path)),
      number(`baseFiles.${index}.size`, bytes.length),
      field(`baseFiles.${index}.tree`, Buffer.from(treeOf(bytes), 'hex')),
    ]),
    number('targetFiles.count', target.length),
    ...target.flatMap(({ path, bytes }, index) => [
      ...sized(`targetFiles.${index}.path`, Buffer.from(path)),
      number(`targetFiles.${index}.size`, bytes.length),
      field(`targetFiles.${index}.leaves`, Buffer.concat(leavesOf(bytes))),
    ]),
    number('resources.count', resources.length),
    ...resources.flatMap(({ operation, bytes }, index) => [
      field(`resources.${index}.operation`, Buffer.of(operation)),
      number(`resources.${index}.length`, bytes.length),
      field(`resources.${index}.digest`, digest32(bytes)),
    ]),
    ...pieceFields(target),
    ...payloads.flatMap((own, file) =>
      own.flatMap((payload, leaf) => [
        number(`payloads.${file}.${leaf}.length`, payload.length),
        ...(payload.length === 0 ? [] : [field(`payloads.${file}.${leaf}.digest`, digest32(payload))]),
      ]),
    ),
    ...sized('labels', deflateRawSync(canonical({ files: target.map(() => []) }))),
  ];
  return { table, body: [...resources.map(({ bytes }) => Buffer.from(bytes)), ...payloads.flat()] };
}

export interface HeaderSpec {
  readonly magic?: string;
  readonly version?: number;
  readonly operationSet?: number;
  readonly reserved?: number;
  readonly signature?: number;
  readonly tableBytes?: bigint;
  readonly packageBytes?: bigint;
  readonly tableDigest?: Uint8Array;
}

/** delta-v1 §2: header, table, what follows. */
export function sealed({ table, body }: DeltaPackage, header: HeaderSpec = {}): Buffer {
  const tableBytes = Buffer.concat(table.map(({ bytes }) => bytes));
  const rest = Buffer.concat(body);
  const head = Buffer.alloc(161, 0);
  head.write(header.magic ?? 'WBDELTA\0', 0, 'latin1');
  head.writeUInt16LE(header.version ?? 1, 8);
  head.writeUInt16LE(header.operationSet ?? 1, 10);
  head.writeUInt32LE(header.reserved ?? 0, 12);
  head.writeBigUInt64LE(header.tableBytes ?? BigInt(tableBytes.length), 16);
  head.writeBigUInt64LE(header.packageBytes ?? BigInt(161 + tableBytes.length + rest.length), 24);
  head.set(header.tableDigest ?? digest('sha3-512', [tableBytes]), 32);
  head[96] = header.signature ?? 0;
  return Buffer.concat([head, tableBytes, rest]);
}

/** The package with one field of its table in other bytes; the header fits it. */
export function broken(whole: DeltaPackage, name: string, change: (bytes: Buffer) => Buffer): DeltaPackage {
  if (!whole.table.some((one) => one.name === name)) throw new RangeError(`no field ${name}`);
  const table = whole.table.map((one) => (one.name === name ? { name, bytes: change(Buffer.from(one.bytes)) } : one));
  return { ...whole, table };
}

export function leb128(value: bigint): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    if (rest < 128n) return Buffer.from([...bytes, Number(rest)]);
    bytes.push(Number(rest & 127n) | 128);
  }
}

/** 0, −1, 1, −2 … as 0, 1, 2, 3 …. */
export function zigzag(value: bigint): Buffer {
  return leb128(value < 0n ? -2n * value - 1n : 2n * value);
}

export function digest32(bytes: Uint8Array): Buffer {
  return digest('sha3-512', [bytes]).subarray(0, 32);
}

/** §5.2, where RAW alone has a stream. */
export function payloadOf(...streams: readonly Uint8Array[]): Buffer {
  return Buffer.concat(streams.flatMap((stream) => [leb128(BigInt(stream.length)), stream]));
}

function rawPayloads({ bytes, pieces }: WrittenFile): Buffer[] {
  return leavesOf(bytes).map((_, leaf) => {
    const [from, to] = [leaf * CHUNK, Math.min(bytes.length, (leaf + 1) * CHUNK)];
    const parts: Uint8Array[] = [];
    let start = 0;
    for (const { operation, length } of pieces ?? [raw(bytes.length)]) {
      const [partFrom, partTo] = [Math.max(start, from), Math.min(start + length, to)];
      if (operation === 1 && partFrom < partTo) parts.push(bytes.subarray(partFrom, partTo));
      start += length;
    }
    return parts.length === 0 ? Buffer.alloc(0) : payloadOf(Buffer.concat(parts));
  });
}

function pieceFields(target: readonly WrittenFile[]): Field[] {
  const fields: Field[] = [];
  let count = 0;
  let expected = { file: -1, end: 0 };
  for (const { bytes, pieces = bytes.length === 0 ? [] : [raw(bytes.length)] } of target) {
    let start = 0;
    for (const { operation, length, source, resource = 0 } of pieces) {
      fields.push(field(`pieces.${count}.operation`, Buffer.of(operation)), number(`pieces.${count}.length`, length));
      if (source !== undefined) {
        const from = source.file === expected.file ? expected.end : start;
        fields.push(number(`pieces.${count}.file`, source.file));
        fields.push(field(`pieces.${count}.offset`, zigzag(BigInt(source.offset - from))));
        expected = { file: source.file, end: source.offset + length };
      }
      if (operation !== 0) fields.push(number(`pieces.${count}.resource`, resource));
      start += length;
      count += 1;
    }
  }
  return [number('pieces.count', count), ...fields];
}

function pinned(side: string, files: readonly SourceFile[], release: string | undefined): Field[] {
  const list = files.map(({ path, bytes }) => ({ path, size: bytes.length, tree: treeOf(bytes) }));
  return [
    field(`${side}.kind`, Buffer.of(release === undefined ? 2 : 1)),
    field(`${side}.content`, Buffer.from(sha3(canonical(list)), 'hex')),
    ...(release === undefined ? [] : [field(`${side}.release`, Buffer.from(release, 'hex'))]),
  ];
}

function treeOf(bytes: Uint8Array): string {
  return rootOf(bytes.length, leavesOf(bytes));
}

function sized(name: string, bytes: Buffer): Field[] {
  return [number(`${name}.length`, bytes.length), field(name, bytes)];
}

function number(name: string, value: number): Field {
  return field(name, leb128(BigInt(value)));
}

function field(name: string, bytes: Buffer): Field {
  return { name, bytes };
}
