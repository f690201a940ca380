/** A value of GGUF metadata: the number of its type, and its bytes. */
export interface GgufValue {
  readonly type: number;
  readonly bytes: Uint8Array;
}

export interface GgufTensor {
  readonly name: string;
  /** Innermost dimension first, as the file has them. */
  readonly dims: readonly (number | bigint)[];
  readonly type: number;
  readonly offset: number | bigint;
}

export interface GgufContent {
  readonly magic?: string;
  readonly version?: number;
  readonly keys?: readonly (readonly [key: string, value: GgufValue])[];
  readonly tensors?: readonly GgufTensor[];
  /** Bytes of data, or the data; padding is added. */
  readonly data?: number | Uint8Array;
  readonly alignment?: number;
  readonly tensorCount?: number | bigint;
  readonly keyCount?: number | bigint;
  /** Whether the data are padded at their end, as they must be; true unless given. */
  readonly isPadded?: boolean;
}

const join = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

export function u32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

export function u64(value: number | bigint): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

export function ggufText(text: string): Uint8Array {
  return join(u64(Buffer.byteLength(text)), Buffer.from(text));
}

export const ggufUint32 = (value: number): GgufValue => ({ type: 4, bytes: u32(value) });
export const ggufString = (text: string): GgufValue => ({ type: 8, bytes: ggufText(text) });

/** A list, of `count` items or as many as there are. */
export function ggufList(type: number, items: readonly Uint8Array[], count: number | bigint = items.length): GgufValue {
  return { type: 9, bytes: join(u32(type), u64(count), ...items) };
}

/** A GGUF file: header, keys, descriptions of tensors, padding, data. */
export function buildGguf(content: GgufContent): Uint8Array {
  const { magic = 'GGUF', version = 3, keys = [], tensors = [], data = 0, alignment = 32 } = content;
  const head = join(
    Buffer.from(magic, 'latin1'),
    u32(version),
    u64(content.tensorCount ?? tensors.length),
    u64(content.keyCount ?? keys.length),
    ...keys.map(([key, { type, bytes }]) => join(ggufText(key), u32(type), bytes)),
    ...tensors.map(({ name, dims, type, offset }) =>
      join(ggufText(name), u32(dims.length), ...dims.map(u64), u32(type), u64(offset)),
    ),
  );
  const body = typeof data === 'number' ? new Uint8Array(data).fill(7) : data;
  if (body.length === 0) return head;
  const padding = (length: number) => new Uint8Array((alignment - (length % alignment)) % alignment);
  const end = (content.isPadded ?? true) ? padding(body.length) : new Uint8Array(0);
  return join(head, padding(head.length), body, end);
}
