/** What a codec is given of one leaf (at most 1 MiB of output). */
export interface LeafInput<Model> {
  /** Bytes of the base at the same elements, as many as the output has; empty when `source` is `none`. */
  readonly source: Uint8Array;
  /** What `readModel` made of the resource that the pieces name; undefined when they name none. */
  readonly model: Model | undefined;
  /** Of a positional operation: index of the first element, counted from the start of its tensor. 0 for others. */
  readonly first: number;
}

/**
 * One way to write elements of the target by elements of the base (delta-v1 §6). Pure: the same input gives the same bytes, on
 * every machine. The bytes that a decoder reads are hostile; it writes into `out` alone and never reads outside of its input.
 */
export interface Operation<Model = unknown> {
  /** Stands in packages; never given to another operation. */
  readonly id: number;
  /** Shown to people: `T16`, `LORA`. */
  readonly name: string;
  /** Bytes of an element; input and output are whole elements. */
  readonly width: 1 | 2 | 4;
  readonly source: 'aligned' | 'none';
  /** True when the place of an element in its tensor matters; each piece then has a resource of its own and is a whole tensor. */
  readonly positional: boolean;
  /** Reads a resource strictly. Absent when the operation takes none. @throws WeighbridgeError MALFORMED or LIMIT */
  readModel?(resource: Uint8Array): Model;
  /** @param target the bytes to be written by `decode` @returns the payload */
  encode(target: Uint8Array, input: LeafInput<Model>): Uint8Array;
  /**
   * Fills `out` whole and reads `payload` whole.
   * @throws WeighbridgeError MALFORMED when the payload ends early, is too long, or is not what `encode` could have written
   */
  decode(payload: Uint8Array, input: LeafInput<Model>, out: Uint8Array): void;
}

/** Reads the base by position, synchronously: a decoder learns from its payload where to read. */
export interface BaseBytes {
  /** Sizes of the base's files in bytes, in the order in which packages number them. */
  readonly sizes: readonly number[];
  /** Fills `into` from `offset` of file number `file`; the caller has compared the range with `sizes`. @throws IO */
  read(file: number, offset: number, into: Uint8Array): void;
}
