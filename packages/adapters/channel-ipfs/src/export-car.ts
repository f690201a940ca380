import type { Cid } from '@weighbridge/manifest/cid-bytes';
import { carHeader, carSectionHead } from './car-bytes.js';
import { type DagWalkDoors, type WalkedBlock, walkDag } from './dag-walk.js';

/**
 * A CARv1 of a whole DAG, depth first, each block once and verified before it is handed out.
 * @throws TAMPERED, UNVERIFIABLE, LIMIT in the middle of it: what came before is no whole CAR then
 */
export function exportCar(doors: DagWalkDoors, root: Cid): AsyncGenerator<Uint8Array, void, undefined> {
  return carOf(root, walkDag(doors, root, new Set()));
}

export async function* carOf(
  root: Cid,
  blocks: AsyncIterable<WalkedBlock>,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield carHeader(root);
  for await (const { cid, block } of blocks) {
    yield carSectionHead(cid, block.length);
    if (block.length > 0) yield block;
  }
}
