import { createCipheriv, createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

export interface GoldenFile {
  readonly size: number;
  readonly 'sha3-512': string;
  readonly sha256: string;
  readonly tree?: string;
  readonly cid?: string;
  /** Only of a file with few leaves. */
  readonly leaves?: readonly string[];
}

const VECTOR = new URL('../vectors/tree-v1/golden_ok/vector.json', import.meta.url);
const KEY = createHash('sha256').update('weighbridge/golden/1').digest();

/** The known answers whose bytes fit into a test. */
export function goldenFiles(maxSize = 16 * 1024 * 1024): GoldenFile[] {
  const { files } = JSON.parse(readFileSync(VECTOR, 'utf8')) as { files: GoldenFile[] };
  return files.filter((file) => file.size <= maxSize);
}

/** The first bytes of the stream that all golden files are cut from. */
export function goldenBytes(size: number): Buffer {
  return createCipheriv('aes-256-ctr', KEY, Buffer.alloc(16)).update(Buffer.alloc(size));
}

/** The chunks of the first `size` bytes, one at a time, for sizes that do not fit into memory. */
export function* goldenChunks(size: number, chunkBytes: number): Generator<Uint8Array> {
  const cipher = createCipheriv('aes-256-ctr', KEY, Buffer.alloc(16));
  for (let at = 0; at < size; at += chunkBytes) yield cipher.update(Buffer.alloc(Math.min(chunkBytes, size - at)));
}
