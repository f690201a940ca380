const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** @returns the little-endian 16-bit numbers in `bytes`: a view of it where that can be, else a copy */
export function readWords16(bytes: Uint8Array): Uint16Array {
  if (LITTLE_ENDIAN && bytes.byteOffset % 2 === 0)
    return new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 1);
  return Uint16Array.from({ length: bytes.length >>> 1 }, (_, i) => bytes[2 * i]! | (bytes[2 * i + 1]! << 8));
}

/** @returns the little-endian 32-bit numbers in `bytes`: a view of it where that can be, else a copy */
export function readWords32(bytes: Uint8Array): Int32Array {
  if (LITTLE_ENDIAN && bytes.byteOffset % 4 === 0)
    return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2);
  const halves = readWords16(bytes);
  return Int32Array.from({ length: bytes.length >>> 2 }, (_, i) => halves[2 * i]! | (halves[2 * i + 1]! << 16));
}

/** Stores what was written into `words` when these are no view of `bytes`. */
export function storeWords16(words: Uint16Array, bytes: Uint8Array): void {
  if (words.buffer === bytes.buffer) return;
  for (let i = 0; i < words.length; i++) {
    bytes[2 * i] = words[i]!;
    bytes[2 * i + 1] = words[i]! >>> 8;
  }
}

export function storeWords32(words: Int32Array, bytes: Uint8Array): void {
  if (words.buffer === bytes.buffer) return;
  for (let i = 0; i < words.length; i++) {
    for (let byte = 0; byte < 4; byte++) bytes[4 * i + byte] = words[i]! >>> (8 * byte);
  }
}
