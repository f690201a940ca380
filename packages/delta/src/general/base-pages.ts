import type { BaseBytes } from '../operation.js';
import type { BasePlace } from './block-index.js';

export const PAGE_BYTES = 65_536;
/** 48 MiB: a base up to there is read once. */
const KEPT_PAGES = 768;

/**
 * The files of a base laid end to end, each from the start of a page: one number, an *address*, names a byte of any file. Pages that were
 * read last are kept, 48 MiB at most.
 */
export class BasePages {
  /** Address of each file's first byte, and the end of all. */
  readonly starts: readonly number[];
  readonly #pages: (Uint8Array | undefined)[] = [];
  readonly #kept: number[] = [];
  #oldest = 0;

  constructor(readonly base: BaseBytes) {
    const starts = [0];
    for (const size of base.sizes) starts.push(starts.at(-1)! + Math.ceil(size / PAGE_BYTES) * PAGE_BYTES);
    this.starts = starts;
  }

  get end(): number {
    return this.starts.at(-1)!;
  }

  addressOf(place: BasePlace): number {
    return this.starts[place.file]! + place.offset;
  }

  placeOf(address: number): BasePlace {
    const file = this.#fileOf(address);
    return { file, offset: address - this.starts[file]! };
  }

  /** @returns the bytes of a page; fewer than 65,536 at the end of a file */
  page(number: number): Uint8Array {
    return this.#pages[number] ?? this.#readPage(number);
  }

  /** @returns how many bytes from `at` of `bytes` on are those from `address` on, in one file */
  equalForward(bytes: Uint8Array, at: number, address: number): number {
    let length = 0;
    for (;;) {
      const place = address + length;
      const page = this.page(Math.floor(place / PAGE_BYTES));
      const from = place % PAGE_BYTES;
      const most = Math.min(page.length - from, bytes.length - at - length);
      let equal = 0;
      while (equal < most && bytes[at + length + equal] === page[from + equal]) equal += 1;
      length += equal;
      if (equal < most || from + most < PAGE_BYTES || this.#isStart(address + length)) return length;
    }
  }

  /** @returns a byte, or undefined where no file is */
  byteAt(address: number): number | undefined {
    return this.page(Math.floor(address / PAGE_BYTES))[address % PAGE_BYTES];
  }

  /** @returns bytes from `address` on, up to the end of a page or a file */
  from(address: number): Uint8Array {
    return this.page(Math.floor(address / PAGE_BYTES)).subarray(address % PAGE_BYTES);
  }

  /** @returns bytes before `address`, back to the start of a page; at least one, unless at the start of the base */
  before(address: number): Uint8Array {
    return this.page(Math.floor((address - 1) / PAGE_BYTES)).subarray(0, ((address - 1) % PAGE_BYTES) + 1);
  }

  /** @returns the address behind the last byte of the file that `address` is in */
  endOfFile(address: number): number {
    const { file } = this.placeOf(address);
    return this.starts[file]! + this.base.sizes[file]!;
  }

  startOfFile(address: number): number {
    return this.starts[this.placeOf(address).file]!;
  }

  #isStart(address: number): boolean {
    return address >= this.end || this.starts[this.#fileOf(address)] === address;
  }

  #fileOf(address: number): number {
    let low = 0;
    let high = this.starts.length - 1;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.starts[middle]! <= address) low = middle;
      else high = middle;
    }
    return low;
  }

  #readPage(number: number): Uint8Array {
    const { file, offset } = this.placeOf(number * PAGE_BYTES);
    const page = new Uint8Array(Math.min(PAGE_BYTES, this.base.sizes[file]! - offset));
    this.base.read(file, offset, page);
    this.#keep(number, page);
    return page;
  }

  #keep(number: number, page: Uint8Array): void {
    if (this.#kept.length === KEPT_PAGES) this.#pages[this.#kept[this.#oldest]!] = undefined;
    this.#pages[number] = page;
    this.#kept[this.#oldest] = number;
    this.#oldest = (this.#oldest + 1) % KEPT_PAGES;
  }
}
