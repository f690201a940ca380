import type { Digest } from '@weighbridge/core/brands';
import { LEAF_BYTES, rootOfTop, treeTop } from '@weighbridge/core/tree';
import type { EventLoopTurns } from './event-loop-turns.js';

/** Leaves that are worked off in one turn, 0.7 ms; a power of two, as `treeTop` asks for. */
const RUN_BYTES = 256 * LEAF_BYTES;

/** The root of a file of any size without holding up the event loop: a 150 GB file has 143,000 nodes. */
export async function treeRootInTurns(sizeBytes: number, leaves: Uint8Array, turns: EventLoopTurns): Promise<Digest> {
  let nodes = leaves;
  while (nodes.length > RUN_BYTES) nodes = await topsOfRuns(nodes, turns);
  return rootOfTop(sizeBytes, treeTop(nodes));
}

async function topsOfRuns(nodes: Uint8Array, turns: EventLoopTurns): Promise<Uint8Array> {
  const tops = new Uint8Array(Math.ceil(nodes.length / RUN_BYTES) * LEAF_BYTES);
  for (let at = 0; at < nodes.length; at += RUN_BYTES) {
    await turns.next();
    tops.set(treeTop(nodes.subarray(at, at + RUN_BYTES)), (at / RUN_BYTES) * LEAF_BYTES);
  }
  return tops;
}
