import { bf16Bits, f16Bits, f32Bits, toBytes } from '../numeric/testing/float-bytes.js';
import { PseudoRandom } from '../numeric/testing/pseudo-random.js';
import { codecOf, operationOf } from '../operations.js';
import { SCALES, writeChannelScales } from '../predict/channel-scales.js';
import { writeLora } from '../predict/lora-resource.js';
import type { PackageTable } from '../package-table.js';
import { joinFields, tableFields } from './package-fields.js';
import { digest32, samplePackage, sealPackage } from './sample-package.js';
import { leb128 } from './spellings.js';

const ROWS = 24;
const COLUMNS = 40;

/** The file that all of these packages are made from. */
export interface OperationPackage {
  readonly id: number;
  readonly base: Uint8Array;
  readonly target: Uint8Array;
  readonly bytes: Uint8Array;
}

/** A package for every operation that has a codec: one small tensor between bytes that are RAW. */
export function operationPackages(): OperationPackage[] {
  return [...Array(256).keys()].filter((id) => operationOf(id) !== undefined && id !== 0 && id !== 2).map(packageOf);
}

function packageOf(id: number): OperationPackage {
  const { name, width, source: kind, positional } = operationOf(id)!;
  const [from, to] = tensors(id, width);
  const [head, tail] = [Buffer.from('head!'), Buffer.from('tail')];
  const base = new Uint8Array(Buffer.concat([Buffer.from('abc'), from, tail]));
  const target = new Uint8Array(Buffer.concat([head, to, tail]));
  const resource = positional ? resourceOf(name) : undefined;
  const codec = codecOf(id);
  const model = resource === undefined ? undefined : codec.readModel!(resource);
  const stream = codec.encode(to, { source: kind === 'aligned' ? from : new Uint8Array(0), model, first: 0 });
  const raw = new Uint8Array(Buffer.concat(id === 1 ? [head, stream, tail] : [head, tail]));
  const groups = id === 1 ? [raw] : [raw, stream];
  const payload = new Uint8Array(Buffer.concat(groups.flatMap((group) => [leb128(BigInt(group.length)), group])));
  const sample = samplePackage([{ path: 'a', bytes: base }], [{ path: 'b', bytes: target }]);
  const piece = (operation: number, start: number, length: number, own: object = {}) => ({
    operation,
    start,
    length,
    source: undefined,
    resource: -1,
    ...own,
  });
  const own = {
    source: kind === 'aligned' ? { file: 0, offset: 3 } : undefined,
    resource: resource === undefined ? -1 : 0,
  };
  const file = {
    ...sample.table.targetFiles[0]!,
    pieces: [piece(1, 0, 5), piece(id, 5, to.length, own), piece(1, 5 + to.length, 4)],
    payloads: { lengths: Uint32Array.of(payload.length), digests: digest32(payload) },
  };
  const resources =
    resource === undefined ? [] : [{ operation: id, length: resource.length, digest32: digest32(resource) }];
  const table: PackageTable = { ...sample.table, targetFiles: [file], resources };
  const body = Buffer.concat([resource ?? new Uint8Array(0), payload]);
  return { id, base, target, bytes: sealPackage(joinFields(tableFields(table)), body) };
}

/** Weights and what a step of training made of them, in the form that the operation is for. */
function tensors(id: number, width: number): [Uint8Array, Uint8Array] {
  const random = new PseudoRandom(id);
  const bits = /BF16/i.test(operationOf(id)!.name) || id === 5 || id === 10 || id === 11 ? bf16Bits : f16Bits;
  const spell = width === 4 ? f32Bits : width === 2 ? bits : (value: number) => Math.round(value * 900) & 0xff;
  const values = Array.from({ length: ROWS * COLUMNS }, () => 0.05 * random.normal());
  const changed = values.map((value) => value * 1.01 + 0.0005 * random.normal());
  const codes = (list: readonly number[]) => list.map((value) => spell(value) >>> 0);
  if (width === 1) return [Uint8Array.from(codes(values)), Uint8Array.from(codes(changed))];
  return [toBytes(codes(values), width as 2 | 4), toBytes(codes(changed), width as 2 | 4)];
}

function resourceOf(name: string): Uint8Array {
  const random = new PseudoRandom(3);
  if (/T16S/.test(name)) {
    const scales = Float32Array.from({ length: ROWS }, () => 1 + Math.round(1000 * random.normal()) / 16_384);
    return writeChannelScales({ rows: ROWS, columns: COLUMNS, along: SCALES.byRow, scales }, 14);
  }
  const fill = (length: number): Float32Array => Float32Array.from({ length }, () => 0.02 * random.normal());
  const model = {
    recipe: 0,
    rows: ROWS,
    columns: COLUMNS,
    rank: 2,
    scale: 1.5,
    left: fill(ROWS * 2),
    right: fill(2 * COLUMNS),
  };
  return writeLora(model, { left: { places: 23 }, right: { places: 23 } });
}
