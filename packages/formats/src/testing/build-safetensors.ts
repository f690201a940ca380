/** A safetensors file of a header text and data; a header that is an object is written as JSON. */
export function buildSafetensors(
  header: object | string,
  data: Uint8Array | number,
  headerLength?: number,
): Uint8Array {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(headerLength ?? text.length));
  const body = typeof data === 'number' ? Uint8Array.from({ length: data }, (_, index) => index) : data;
  return new Uint8Array(Buffer.concat([prefix, text, body]));
}
