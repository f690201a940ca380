/**
 * @param code a 16-bit float, sign bit on top
 * @returns its place among all 65,536 codes from −NaN up to +NaN, −0 just below +0: delta-v1-numeric §2.2
 */
export function orderOf16(code: number): number {
  return 0x8000 + ((code & 0x7fff) ^ -(code >>> 15));
}

/** @param order an integer of 16 bits @returns the code at that place */
export function codeAt16(order: number): number {
  return order & 0x8000 ? order ^ 0x8000 : order ^ 0xffff;
}

/** The same for floats of 32 bits. @returns a signed 32-bit integer with the bits of the unsigned place */
export function orderOf32(code: number): number {
  return code < 0 ? ~code : code ^ -0x80000000;
}

/** @param order the bits of an unsigned place @returns the code's bits as a signed 32-bit integer */
export function codeAt32(order: number): number {
  return order < 0 ? order ^ -0x80000000 : ~order;
}
