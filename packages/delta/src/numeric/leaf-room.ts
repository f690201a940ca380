/** Arrays as long as a leaf has elements, reused by every call: allocating them costs as much as filling them. */
export interface LeafRoom {
  /** Context and symbol of each element: `context << symbolBits | symbol` where both are known, the context alone before decoding. */
  readonly keys: Uint16Array;
  /** Symbol of each decoded element. */
  readonly symbols: Uint8Array;
  /** Each element's value, of which a symbol leaves the low bits open. */
  readonly rests: Uint32Array;
  /** Where payloads grow; more than any coder writes for these elements. */
  readonly bytes: Uint8Array;
}

let room: LeafRoom = emptyRoom(0);

function emptyRoom(count: number): LeafRoom {
  return {
    keys: new Uint16Array(count),
    symbols: new Uint8Array(count),
    rests: new Uint32Array(count),
    bytes: new Uint8Array(8 * count + 262_144),
  };
}

/** @param count elements @returns arrays of at least that length, holding anything; valid until the next call of any operation */
export function leafRoom(count: number): LeafRoom {
  if (room.symbols.length < count) room = emptyRoom(count);
  return room;
}

/** How often each key occurs among the elements that are being encoded. Reused: whoever counts clears it first. */
export const keyCounts = new Int32Array(65_536);
