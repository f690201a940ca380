import { createHash } from 'node:crypto';
import { importer, type ImportCandidate } from 'ipfs-unixfs-importer';
import { describe, expect, it } from 'vitest';
import { goldenBytes, goldenChunks, goldenFiles } from '../../../test/support/golden-stream.js';
import { isCid, unixfsCid } from './cid.js';

const MIB = 1_048_576;
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();

function cidOf(bytes: Uint8Array): string {
  const chunks = Array.from({ length: Math.ceil(bytes.length / MIB) }, (_, index) =>
    bytes.subarray(index * MIB, (index + 1) * MIB),
  );
  return unixfsCid(bytes.length, new Uint8Array(Buffer.concat(chunks.map(sha256))));
}

/** The CID by js-ipfs' own importer, in the same profile. */
async function importedCid(content: Iterable<Uint8Array>): Promise<string> {
  const blocks = { put: async <T>(cid: T) => cid };
  const candidates: ImportCandidate[] = [{ path: 'file', content: asyncOf(content) }];
  for await (const entry of importer(candidates, blocks as never, {
    profile: 'unixfs-v1-2025',
    wrapWithDirectory: false,
  })) {
    return entry.cid.toString();
  }
  throw new Error('nothing was imported');
}

async function* asyncOf<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}

describe('known answers of a Kubo node', () => {
  it.each(goldenFiles().filter((file) => file.cid !== undefined))('$size bytes', ({ size, cid }) => {
    expect(cidOf(goldenBytes(size))).toBe(cid);
    expect(isCid(cid!)).toBe(true);
  });

  it('the smallest DAG of two levels, 1,025 chunks', { timeout: 60_000 }, () => {
    const golden = goldenFiles(Number.POSITIVE_INFINITY).find((file) => file.size === 1_073_741_825)!;
    const chunkSha256 = new Uint8Array(1025 * 32);
    let at = 0;
    for (const chunk of goldenChunks(golden.size, MIB)) {
      chunkSha256.set(sha256(chunk), at);
      at += 32;
    }
    expect(unixfsCid(golden.size, chunkSha256)).toBe(golden.cid);
  });
});

describe('a second implementation agrees', () => {
  it.each([0, 1, 1000, MIB - 1, MIB, MIB + 1, 2 * MIB, 3 * MIB + 7, 9 * MIB - 1])('%i bytes', async (size) => {
    const bytes = goldenBytes(size);
    expect(cidOf(bytes)).toBe(await importedCid([bytes]));
  });

  it('1,024 chunks, the widest node', { timeout: 60_000 }, async () => {
    const chunk = Buffer.alloc(MIB);
    const digests = new Uint8Array(Buffer.concat(Array(1024).fill(sha256(chunk))));
    expect(unixfsCid(1024 * MIB, digests)).toBe(await importedCid(Array(1024).fill(chunk)));
  });
});

describe('unixfsCid', () => {
  it('depends on every chunk and on the size', () => {
    const digests = new Uint8Array(64);
    const cids = [MIB + 1, MIB + 2, 2 * MIB].map((size) => unixfsCid(size, digests));
    for (const at of [0, 31, 32, 63]) cids.push(unixfsCid(2 * MIB, digests.with(at, 1)));
    expect(new Set(cids).size).toBe(7);
  });

  it('tells sizes beyond 2^32 and 2^35 apart', () => {
    const chunks = 40_000;
    const digests = new Uint8Array(chunks * 32);
    const cids = [0, 1, 2 ** 19].map((less) => unixfsCid(chunks * MIB - less, digests));
    expect(cids.every(isCid)).toBe(true);
    expect(new Set(cids).size).toBe(3);
  });

  it.each([
    [0, 32],
    [1, 0],
    [1, 64],
    [MIB + 1, 32],
    [MIB + 1, 63],
  ])('%i bytes do not have %i bytes of digests', (size, length) => {
    expect(() => unixfsCid(size, new Uint8Array(length))).toThrow(RangeError);
  });
});

describe('isCid', () => {
  const raw = 'bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku';
  const node = 'bafybeigwg5aqidea6avdu3zqyhxf2zesi4stcpccguva4wla7oje5es42u';

  it.each([raw, node])('%s is one', (text) => expect(isCid(text)).toBe(true));

  it.each([
    ['nothing', ''],
    ['upper case', raw.toUpperCase()],
    ['CIDv0', 'QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG'],
    ['the empty identity CID', 'bafkqaaa'],
    ['cut', raw.slice(0, -1)],
    ['longer', `${raw}a`],
    ['another base', `z${raw.slice(1)}`],
    ['padding bits that are not zero', `${raw.slice(0, -1)}v`],
    ['a digit outside the alphabet', raw.replace('hdwd', 'h1wd')],
    [
      'SHA2-512',
      'bafkrgqg5nv5kbb6bh3fgxqmn5dlxgqsaqkhxeqrnjbzmkyb4zzgixc3ezsu5nvc5cydyfhwjx7kchtoqo3zzjyyfvyi7s2aqvhdudfn3uiufc',
    ],
    ['another codec, CBOR', 'bafyreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku'],
    ['a line break after it', `${raw}\n`],
  ])('%s is none', (_, text) => expect(isCid(text)).toBe(false));
});
