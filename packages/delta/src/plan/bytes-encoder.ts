import type { BasePlace } from '../general/block-index.js';
import { BytesIndex } from '../general/bytes-index.js';
import { encodeBytes } from '../general/encode-bytes.js';
import type { EncodeBytes } from '../leaf-encoder.js';

/** After so many leaves in a row that are like nothing in the base, one in so many is looked for: a search in vain is the slowest. */
const VAIN_LEAVES = 3;
const SEARCH_EVERY = 8;

/**
 * BYTES over one file, from its start to its end: what comes next is first looked for where the last bytes led.
 * @param older the file of the base that is likely to be its older self
 */
export function bytesEncoder(index: BytesIndex, older: number | undefined): EncodeBytes {
  const nothing = emptyIndex();
  let near: BasePlace | undefined;
  let done = 0;
  let vain = 0;
  return (target, start) => {
    const isSearched = vain < VAIN_LEAVES || vain % SEARCH_EVERY === 0;
    const guess = placeIn(index, expected(start));
    const { payload, next } = encodeBytes(target, isSearched ? index : nothing, isSearched ? guess : undefined);
    vain = next === undefined ? vain + 1 : 0;
    near = next ?? near;
    done = start + target.length;
    return payload;
  };

  function expected(start: number): BasePlace | undefined {
    if (near !== undefined) return { file: near.file, offset: near.offset + start - done };
    return older === undefined ? undefined : { file: older, offset: start };
  }
}

function placeIn({ pages }: BytesIndex, place: BasePlace | undefined): BasePlace | undefined {
  const size = place === undefined ? undefined : pages.base.sizes[place.file];
  return size !== undefined && place!.offset >= 0 && place!.offset < size ? place : undefined;
}

function emptyIndex(): BytesIndex {
  const steps = BytesIndex.build({ sizes: [], read: () => {} });
  for (let step = steps.next(); ; step = steps.next()) if (step.done === true) return step.value;
}
