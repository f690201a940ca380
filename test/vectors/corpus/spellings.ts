/** Order of secp256k1. */
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

/** The same signature with s = order − s and the other v: what a reader that does not look takes as a second one. */
export function highS(signature: string): string {
  const raw = Buffer.from(signature, 'base64');
  const s = ORDER - BigInt(`0x${raw.subarray(32, 64).toString('hex')}`);
  return Buffer.concat([
    raw.subarray(0, 32),
    Buffer.from(s.toString(16).padStart(64, '0'), 'hex'),
    Buffer.of(55 - raw[64]!),
  ]).toString('base64');
}

export function shiftedV(signature: string, by: number): string {
  const raw = Buffer.from(signature, 'base64');
  raw[64]! += by;
  return raw.toString('base64');
}
