import { createHash } from 'node:crypto';
import { GitExit } from './git-command.js';
import { gitOutput } from './git-output.js';

/** A blob that a commit holds, and what its bytes must be. */
export interface ExpectedBlob {
  readonly oid: string;
  /** Hex. */
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** From here on git hands out a blob in a stream, whatever the repository's own setting. */
export const STREAM_SETTINGS = ['core.bigFileThreshold=1m'] as const;
const MAX_HEADER_BYTES = 256;

/**
 * Reads blobs as git hands them out, until one is not what it must be.
 * @param onGood called with each blob that is
 * @returns the index of the first bad one, undefined when all are good
 * @throws UNVERIFIABLE when there is no git; the signal's reason
 */
export async function firstBadBlob(
  repository: string,
  blobs: readonly ExpectedBlob[],
  onGood: (blob: ExpectedBlob) => void,
  signal?: AbortSignal,
): Promise<number | undefined> {
  if (blobs.length === 0) return undefined;
  const input = blobs.map(({ oid }) => `${oid}\n`).join('');
  const reader = new BatchReader(
    gitOutput(repository, ['cat-file', '--batch'], { input, settings: STREAM_SETTINGS, ...(signal && { signal }) }),
  );
  try {
    for (const [index, blob] of blobs.entries()) {
      if (!(await reader.isGood(blob))) return index;
      onGood(blob);
    }
    return undefined;
  } finally {
    await reader.leave();
  }
}

/** Takes the output of `cat-file --batch` apart: `<oid> blob <size>`, the bytes, a line feed. */
class BatchReader {
  private rest: Buffer = Buffer.alloc(0);

  constructor(private readonly pieces: AsyncGenerator<Buffer, void, undefined>) {}

  async isGood({ oid, sha256, sizeBytes }: ExpectedBlob): Promise<boolean> {
    try {
      if ((await this.header()) !== `${oid} blob ${sizeBytes}`) return false;
      const hash = createHash('sha256');
      for (let left = sizeBytes; left > 0; ) {
        // A piece of a pipe has at most 64 KiB: hashed at once it holds up nobody.
        const piece = await this.take(left);
        hash.update(piece);
        left -= piece.length;
      }
      return (await this.take(1))[0] === 0x0a && hash.digest('hex') === sha256;
    } catch (error) {
      // git dies of an object that it cannot read.
      if (error instanceof GitExit || error instanceof EarlyEnd) return false;
      throw error;
    }
  }

  async leave(): Promise<void> {
    await this.pieces.return().catch(() => {});
  }

  private async header(): Promise<string> {
    let end = this.rest.indexOf(0x0a);
    while (end < 0) {
      if (this.rest.length > MAX_HEADER_BYTES) throw new EarlyEnd();
      this.rest = Buffer.concat([this.rest, await this.next()]);
      end = this.rest.indexOf(0x0a);
    }
    const header = this.rest.subarray(0, end).toString('latin1');
    this.rest = this.rest.subarray(end + 1);
    return header;
  }

  private async take(maxBytes: number): Promise<Buffer> {
    if (this.rest.length === 0) this.rest = await this.next();
    const piece = this.rest.subarray(0, maxBytes);
    this.rest = this.rest.subarray(piece.length);
    return piece;
  }

  private async next(): Promise<Buffer> {
    const next = await this.pieces.next();
    if (next.done === true) throw new EarlyEnd();
    return next.value;
  }
}

class EarlyEnd extends Error {}
