/** Protobuf by hand: each gives the bytes of one field, or of a message of them. */
export function message(...fields: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(fields));
}

export function varint(value: number | bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest >= 128n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Uint8Array.of(...bytes, Number(rest));
}

export function integer(field: number, value: number | bigint): Uint8Array {
  return message(varint(field * 8), varint(value));
}

export function bytesField(field: number, bytes: Uint8Array): Uint8Array {
  return message(varint(field * 8 + 2), varint(bytes.length), bytes);
}

export function textField(field: number, text: string): Uint8Array {
  return bytesField(field, new Uint8Array(Buffer.from(text)));
}

/** What a test says of a tensor; `fields` are added as they are. */
export interface OnnxTensorContent {
  readonly name?: string;
  readonly dims?: readonly (number | bigint)[];
  readonly type?: number;
  readonly raw?: Uint8Array;
  readonly external?: Readonly<Record<string, string>>;
  readonly fields?: readonly Uint8Array[];
}

/** The content of a TensorProto. */
export function onnxTensor({ name, dims = [], type = 1, raw, external, fields = [] }: OnnxTensorContent): Uint8Array {
  const outside =
    external === undefined
      ? []
      : [
          ...Object.entries(external).map(([key, value]) =>
            bytesField(13, message(textField(1, key), textField(2, value))),
          ),
          integer(14, 1),
        ];
  return message(
    ...dims.map((dimension) => integer(1, dimension)),
    integer(2, type),
    ...(name === undefined ? [] : [textField(8, name)]),
    ...(raw === undefined ? [] : [bytesField(9, raw)]),
    ...outside,
    ...fields,
  );
}

/** The content of a ModelProto: a version, a producer, the fields of its graph, and fields of its own. */
export function onnxModel(graph: readonly Uint8Array[], ...fields: readonly Uint8Array[]): Uint8Array {
  return message(integer(1, 8), textField(2, 'test'), bytesField(7, message(...graph)), ...fields);
}

/** A tensor as an initializer of a graph. */
export function initializer(content: OnnxTensorContent): Uint8Array {
  return bytesField(5, onnxTensor(content));
}

/** A node of a graph with one attribute of such fields. */
export function nodeWith(...attribute: readonly Uint8Array[]): Uint8Array {
  return bytesField(1, bytesField(5, message(textField(1, 'value'), ...attribute)));
}
