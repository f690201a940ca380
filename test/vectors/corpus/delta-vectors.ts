import { goodDeltas, releaseDeltas } from './delta-good.js';
import { baseDeltas, payloadDeltas, pieceDeltas } from './delta-pieces.js';
import { headerDeltas, tableDeltas } from './delta-tables.js';
import type { Vector } from './vector.js';

/** Packages and the base that a device has. */
export function deltaVectors(): Vector[] {
  return [
    ...goodDeltas(),
    ...releaseDeltas(),
    ...headerDeltas(),
    ...tableDeltas(),
    ...pieceDeltas(),
    ...payloadDeltas(),
    ...baseDeltas(),
  ];
}
