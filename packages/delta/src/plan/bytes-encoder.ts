import type { BasePlace } from '../general/block-index.js';
import type { BytesIndex } from '../general/bytes-index.js';
import { encodeBytes } from '../general/encode-bytes.js';
import type { EncodeBytes } from '../leaf-encoder.js';

/**
 * BYTES over one file, from its start to its end: what comes next is first looked for where the last bytes led.
 * @param older the file of the base that is likely to be its older self
 */
export function bytesEncoder(index: BytesIndex, older: number | undefined): EncodeBytes {
  let near: BasePlace | undefined;
  let done = 0;
  return (target, start) => {
    const ahead = start - done;
    const guess =
      near === undefined
        ? older !== undefined
          ? { file: older, offset: start }
          : undefined
        : { file: near.file, offset: near.offset + ahead };
    const sizes = index.pages.base.sizes;
    const isInside =
      guess !== undefined && guess.file < sizes.length && guess.offset >= 0 && guess.offset < sizes[guess.file]!;
    const { payload, next } = encodeBytes(target, index, isInside ? guess : undefined);
    near = next ?? near;
    done = start + target.length;
    return payload;
  };
}
