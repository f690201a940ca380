/** How a stream of BYTES is written (delta-v1-general §3.1). */
export const BY_STREAMS = 0;

/** §3.3: with its numbers, an alignment takes 24 bytes before it is packed: lists of them take 1.5 MiB at most. */
export const MOST_ALIGNMENTS = 65_536;
export const ALIGNMENT_BYTES = 24;
