import type { ByteWindow } from './byte-window.js';
import { malformedModel } from './reader-fault.js';

const VTABLE_HEADER_BYTES = 4;
const SLOT_BYTES = 2;
const OFFSET_BYTES = 4;

/** A vector inside a flatbuffer: where its first element lies, and how many it has. All of them lie in the file. */
export interface FlatVector {
  readonly at: number;
  readonly count: number;
}

/** One table of a flatbuffer. Every position that it gives was compared with the size of the file. */
export class FlatTable {
  private readonly vtable: number;
  private readonly vtableBytes: number;
  private readonly tableBytes: number;

  /** @throws MALFORMED when there is no table at that place */
  constructor(
    private readonly window: ByteWindow,
    private readonly at: number,
  ) {
    this.vtable = at - window.i32(at);
    this.vtableBytes = window.u16(this.vtable);
    this.tableBytes = window.u16(this.vtable + SLOT_BYTES);
    if (this.vtableBytes < VTABLE_HEADER_BYTES || this.vtableBytes % SLOT_BYTES !== 0) {
      throw malformedModel(window.file, `has a bad table at byte ${at}`);
    }
    window.requireRange(this.vtable, this.vtableBytes);
    window.requireRange(at, this.tableBytes);
  }

  /** Where field `index` lies, which takes `bytes`; undefined when the table does not have it. */
  field(index: number, bytes: number): number | undefined {
    const slot = VTABLE_HEADER_BYTES + index * SLOT_BYTES;
    const inside = slot < this.vtableBytes ? this.window.u16(this.vtable + slot) : 0;
    if (inside === 0) return undefined;
    if (inside < OFFSET_BYTES || inside + bytes > this.tableBytes) {
      throw malformedModel(this.window.file, `has a table at byte ${this.at} with a field outside of it`);
    }
    return this.at + inside;
  }

  has(index: number): boolean {
    return this.field(index, OFFSET_BYTES) !== undefined;
  }

  u8(index: number): number {
    const at = this.field(index, 1);
    return at === undefined ? 0 : this.window.u8(at);
  }

  u32(index: number): number {
    const at = this.field(index, 4);
    return at === undefined ? 0 : this.window.u32(at);
  }

  u64(index: number): number {
    const at = this.field(index, 8);
    return at === undefined ? 0 : this.window.u64(at);
  }

  /** The vector of a field with elements of so many bytes; an absent one is empty. */
  vector(index: number, elementBytes: number): FlatVector {
    const field = this.field(index, OFFSET_BYTES);
    if (field === undefined) return { at: 0, count: 0 };
    const start = field + this.window.u32(field);
    const count = this.window.u32(start);
    const at = start + OFFSET_BYTES;
    this.window.requireRange(at, count * elementBytes);
    return { at, count };
  }

  text(index: number, most: number): string {
    const { at, count } = this.vector(index, 1);
    return this.window.text(at, count, most);
  }

  /** Table `position` of a vector of tables. */
  tableAt({ at }: FlatVector, position: number): FlatTable {
    const field = at + position * OFFSET_BYTES;
    return new FlatTable(this.window, field + this.window.u32(field));
  }
}

/** The root table of a flatbuffer. @throws MALFORMED */
export function rootTable(window: ByteWindow): FlatTable {
  return new FlatTable(window, window.u32(0));
}
