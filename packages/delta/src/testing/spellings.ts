/** An unsigned LEB128 number, also of sizes that delta-v1 refuses. @param longer bytes more than the shortest form has */
export function leb128(value: bigint, longer = 0): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    if (rest < 0x80n) {
      bytes.push(Number(rest));
      break;
    }
    bytes.push(Number(rest & 0x7fn) | 0x80);
  }
  for (let more = 0; more < longer; more += 1) {
    bytes[bytes.length - 1]! |= 0x80;
    bytes.push(0);
  }
  return Uint8Array.from(bytes);
}

/** delta-v1 §4.1, for numbers of any size. */
export function zigzagged(value: bigint): Uint8Array {
  return leb128(value < 0n ? -2n * value - 1n : 2n * value);
}

/** A little-endian unsigned integer of `bytes` bytes. */
export function little(value: bigint, bytes: number): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, index) => Number((value >> BigInt(8 * index)) & 0xffn));
}
