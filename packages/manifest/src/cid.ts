import { cidText, parseCid, SHA2_256 } from './cid-bytes.js';
import { fileDag } from './unixfs-dag.js';

/**
 * CID of a file, from the SHA-256 of its chunks: no byte of the file is needed.
 * @param chunkSha256 concatenated SHA-256 of each 1 MiB chunk; none for an empty file
 * @throws RangeError when the number of chunks does not follow from the size
 */
export function unixfsCid(sizeBytes: number, chunkSha256: Uint8Array): string {
  return cidText(fileDag(sizeBytes, chunkSha256).cid);
}

/** Whether a text is the CIDv1 (base32, SHA2-256) of a raw leaf or of a DAG-PB node. */
export function isCid(text: string): boolean {
  return parseCid(text)?.hash === SHA2_256;
}
