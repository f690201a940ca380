/**
 * The bytes of one file that a reader looks into, by position: a reader asks for the few parts that describe its tensors and
 * never for the tensors themselves. Each call may read a disk.
 */
export interface ByteSource {
  readonly sizeBytes: number;
  /** Exactly `length` bytes from `offset`; the caller has compared the range with `sizeBytes`. @throws IO */
  read(offset: number, length: number): Uint8Array;
}
