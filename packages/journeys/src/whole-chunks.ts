import { WeighbridgeError } from '@weighbridge/core/errors';
import { chunkLength } from '@weighbridge/core/tree';

/**
 * Cuts pieces of any size into the chunks of a file, from `first` to before `end`, and asks for no more then. All chunks lie in
 * the same memory, one after the other: what the consumer keeps he copies. It is shared memory, so that a chunk is handed to a
 * thread that digests it without a copy.
 * @throws TAMPERED when the pieces end before that
 */
export async function* wholeChunks(
  pieces: AsyncIterable<Uint8Array>,
  sizeBytes: number,
  first: number,
  end: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  const memory = new Uint8Array(new SharedArrayBuffer(chunkLength(sizeBytes, first)));
  let index = first;
  let chunk = memory;
  let have = 0;
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length; ) {
      const part = piece.subarray(at, at + chunk.length - have);
      chunk.set(part, have);
      have += part.length;
      at += part.length;
      if (have < chunk.length) continue;
      yield chunk;
      index += 1;
      if (index === end) return;
      chunk = memory.subarray(0, chunkLength(sizeBytes, index));
      have = 0;
    }
  }
  throw new WeighbridgeError('TAMPERED', `it ends after ${have} of the ${chunk.length} bytes of chunk ${index}`, {
    hint: 'publish the release again where it is cut',
  });
}
