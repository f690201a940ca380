/** Arrays as long as a leaf has elements, reused by every call: allocating them costs as much as filling them. */
class LeafRoom {
  /** Context and symbol of each element: `context << symbolBits | symbol` where both are known, or the context alone. */
  readonly keys: Uint16Array;
  /** Symbol of each decoded element. */
  readonly symbols: Uint8Array;
  /** Each element's value, of which a symbol leaves the low bits open. */
  readonly rests: Uint32Array;
  #bytes: Uint8Array | undefined;

  constructor(readonly count: number) {
    this.keys = new Uint16Array(count);
    this.symbols = new Uint8Array(count);
    this.rests = new Uint32Array(count);
  }

  /** Where payloads grow; more than any coder writes for these elements. Devices that only decode never have it. */
  get bytes(): Uint8Array {
    this.#bytes ??= new Uint8Array(8 * this.count + 262_144);
    return this.#bytes;
  }
}

let room = new LeafRoom(0);

/** @param count elements @returns arrays of at least that length, holding anything; valid until the next call of any operation */
export function leafRoom(count: number): LeafRoom {
  if (room.count < count) room = new LeafRoom(count);
  return room;
}

/** How often each key occurs among the elements that are being encoded. Reused: whoever counts clears it first. */
export const keyCounts = new Int32Array(65_536);
