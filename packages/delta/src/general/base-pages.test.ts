import { describe, expect, it } from 'vitest';
import type { BaseBytes } from '../operation.js';
import { BasePages, PAGE_BYTES } from './base-pages.js';
import { filesInMemory } from './testing/files-in-memory.js';

/** A base of one large file, whose bytes say in which page they are; counts how often it is read. */
function largeBase(pages: number): BaseBytes & { readonly reads: () => number } {
  let reads = 0;
  return {
    sizes: [pages * PAGE_BYTES],
    read(_, offset, into) {
      reads += 1;
      into.fill(Math.floor(offset / PAGE_BYTES) % 251);
    },
    reads: () => reads,
  };
}

describe('BasePages', () => {
  it('begins each file with a page, and knows where it ends', () => {
    const pages = new BasePages(filesInMemory(Uint8Array.of(1, 2), new Uint8Array(0), Uint8Array.of(3)));
    expect(pages.starts).toEqual([0, PAGE_BYTES, PAGE_BYTES, 2 * PAGE_BYTES]);
    expect(pages.addressOf({ file: 2, offset: 0 })).toBe(PAGE_BYTES);
    expect(pages.placeOf(PAGE_BYTES)).toEqual({ file: 2, offset: 0 });
    expect([0, 1, 2, PAGE_BYTES].map((address) => pages.byteAt(address))).toEqual([1, 2, undefined, 3]);
    expect([pages.startOfFile(1), pages.endOfFile(1), pages.endOfFile(PAGE_BYTES)]).toEqual([0, 2, PAGE_BYTES + 1]);
  });

  it('compares across pages, and not across files', () => {
    const file = Uint8Array.from({ length: PAGE_BYTES }, (_, at) => at % 253);
    const long = new Uint8Array(Buffer.concat([file, file]));
    const pages = new BasePages(filesInMemory(long, file));
    expect(pages.equalForward(long, 5, 5)).toBe(2 * PAGE_BYTES - 5);
    expect(pages.equalForward(new Uint8Array(Buffer.concat([long, file])), 0, 0)).toBe(2 * PAGE_BYTES);
    expect(pages.equalForward(long.subarray(0, 7), 0, 0)).toBe(7);
    expect(pages.equalForward(Uint8Array.of(0, 1, 9), 0, 0)).toBe(2);
  });

  it('gives what stands before and behind an address, within its page', () => {
    const bytes = Uint8Array.from({ length: PAGE_BYTES + 3 }, (_, at) => at % 253);
    const pages = new BasePages(filesInMemory(bytes));
    expect(pages.before(PAGE_BYTES)).toHaveLength(PAGE_BYTES);
    expect([...pages.before(2)]).toEqual([0, 1]);
    expect(pages.from(PAGE_BYTES)).toHaveLength(3);
    expect(pages.before(PAGE_BYTES + 1)).toHaveLength(1);
  });

  it('keeps the pages read last, and reads others again', () => {
    const base = largeBase(900);
    const pages = new BasePages(base);
    for (let page = 0; page < 900; page += 1) expect(pages.byteAt(page * PAGE_BYTES)).toBe(page % 251);
    for (let page = 150; page < 900; page += 1) expect(pages.byteAt(page * PAGE_BYTES + 9)).toBe(page % 251);
    expect(base.reads()).toBe(900);
    for (let page = 0; page < 50; page += 1) expect(pages.byteAt(page * PAGE_BYTES)).toBe(page % 251);
    expect(base.reads()).toBe(950);
  });
});
