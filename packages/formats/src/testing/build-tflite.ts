/** A node of a flatbuffer that is to be written; what `ref` leads to lies behind it. */
export type FlatNode =
  | { readonly table: Readonly<Record<number, FlatField>> }
  | { readonly bytes: Uint8Array; readonly count?: number }
  | { readonly tables: readonly FlatNode[] };
export type FlatField =
  | { readonly u8: number }
  | { readonly u32: number }
  | { readonly u64: number | bigint }
  | { readonly ref: FlatNode };

const FIELD_BYTES = 8;

/** A flatbuffer of a root table, aligned to 16 bytes. A node that is referred to twice is written once. */
export function buildFlatBuffer(root: FlatNode, identifier: string): Uint8Array {
  const places = new Map<FlatNode, number>();
  let end = 16;
  for (const node of inOrder(root)) {
    places.set(node, end);
    end += align(sizeOf(node));
  }
  const bytes = Buffer.alloc(end);
  bytes.write(identifier, 4, 'latin1');
  for (const [node, at] of places) write(bytes, node, at, places);
  bytes.writeUInt32LE(startOf(root, places.get(root)!), 0);
  return new Uint8Array(bytes);
}

/** References lead forward: each node comes behind all that refer to it. */
function inOrder(root: FlatNode): FlatNode[] {
  const ended = new Set<FlatNode>();
  const visit = (node: FlatNode): void => {
    if (ended.has(node)) return;
    childrenOf(node).reverse().forEach(visit);
    ended.add(node);
  };
  visit(root);
  return [...ended].reverse();
}

/** Vectors of flatbuffers: bytes, a text, 32-bit integers. */
export const flatBytes = (bytes: Uint8Array): FlatNode => ({ bytes });
export const flatText = (text: string): FlatNode => ({ bytes: new Uint8Array(Buffer.from(text)) });
export const flatInts = (...values: number[]): FlatNode => ({
  bytes: new Uint8Array(Int32Array.from(values).buffer),
  count: values.length,
});

/** What a test says of a tensor of a TensorFlow Lite file. */
export interface TfliteTensor {
  readonly name?: string;
  readonly shape?: readonly number[];
  readonly type?: number;
  readonly buffer?: number;
  readonly isSparse?: boolean;
}

/** A TensorFlow Lite file; buffer 0 is added, and is empty. */
export function buildTflite(
  subgraphs: readonly (readonly TfliteTensor[])[],
  buffers: readonly (Uint8Array | FlatNode)[],
  identifier = 'TFL3',
): Uint8Array {
  const graphs = subgraphs.map((tensors): FlatNode => ({ table: { 0: { ref: { tables: tensors.map(tensorNode) } } } }));
  const nodes = buffers.map(
    (buffer): FlatNode => (buffer instanceof Uint8Array ? bufferNode(flatBytes(buffer)) : buffer),
  );
  const root: FlatNode = {
    table: { 0: { u32: 3 }, 2: { ref: { tables: graphs } }, 4: { ref: { tables: [{ table: {} }, ...nodes] } } },
  };
  return buildFlatBuffer(root, identifier);
}

export function bufferNode(data: FlatNode): FlatNode {
  return { table: { 0: { ref: data } } };
}

/** A buffer whose data lie somewhere in the file. */
export function farBuffer(offset: number | bigint, size: number | bigint): FlatNode {
  return { table: { 1: { u64: offset }, 2: { u64: size } } };
}

function tensorNode({ name = '', shape = [], type = 0, buffer = 0, isSparse = false }: TfliteTensor): FlatNode {
  return {
    table: {
      0: { ref: flatInts(...shape) },
      1: { u8: type },
      2: { u32: buffer },
      3: { ref: flatText(name) },
      ...(isSparse ? { 6: { ref: { table: {} } } } : {}),
    },
  };
}

function align(size: number): number {
  return Math.ceil(size / 16) * 16;
}

function slotsOf(table: Readonly<Record<number, FlatField>>): number {
  return Math.max(-1, ...Object.keys(table).map(Number)) + 1;
}

function sizeOf(node: FlatNode): number {
  if ('table' in node) return vtableBytes(node.table) + 8 + Object.keys(node.table).length * FIELD_BYTES;
  return 'bytes' in node ? 4 + node.bytes.length : 4 + node.tables.length * 4;
}

function vtableBytes(table: Readonly<Record<number, FlatField>>): number {
  return Math.ceil((4 + slotsOf(table) * 2) / 8) * 8;
}

/** A table is referred to behind its vtable. */
function startOf(node: FlatNode, at: number): number {
  return 'table' in node ? at + vtableBytes(node.table) : at;
}

function childrenOf(node: FlatNode): FlatNode[] {
  if ('tables' in node) return [...node.tables];
  if ('bytes' in node) return [];
  return Object.values(node.table).flatMap((field) => ('ref' in field ? [field.ref] : []));
}

function write(bytes: Buffer, node: FlatNode, at: number, places: ReadonlyMap<FlatNode, number>): void {
  const refer = (from: number, to: FlatNode) => bytes.writeUInt32LE(startOf(to, places.get(to)!) - from, from);
  if ('bytes' in node) {
    bytes.writeUInt32LE(node.count ?? node.bytes.length, at);
    bytes.set(node.bytes, at + 4);
  } else if ('tables' in node) {
    bytes.writeUInt32LE(node.tables.length, at);
    node.tables.forEach((child, index) => void refer(at + 4 + index * 4, child));
  } else writeTable(bytes, node.table, at, refer);
}

function writeTable(
  bytes: Buffer,
  table: Readonly<Record<number, FlatField>>,
  at: number,
  refer: (from: number, to: FlatNode) => void,
): void {
  const start = at + vtableBytes(table);
  bytes.writeUInt16LE(4 + slotsOf(table) * 2, at);
  bytes.writeUInt16LE(8 + Object.keys(table).length * FIELD_BYTES, at + 2);
  bytes.writeInt32LE(start - at, start);
  Object.entries(table).forEach(([index, field], position) => {
    const inside = 8 + position * FIELD_BYTES;
    bytes.writeUInt16LE(inside, at + 4 + Number(index) * 2);
    if ('u8' in field) bytes.writeUInt8(field.u8, start + inside);
    else if ('u32' in field) bytes.writeUInt32LE(field.u32, start + inside);
    else if ('u64' in field) bytes.writeBigUInt64LE(BigInt(field.u64), start + inside);
    else refer(start + inside, field.ref);
  });
}
