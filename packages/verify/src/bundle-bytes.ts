import { WeighbridgeError } from '@weighbridge/core/errors';
import { malformed } from '@weighbridge/core/json';
import { MANIFEST_MAX_BYTES } from '@weighbridge/manifest/manifest';

/** bundle-v1 §1.3: everything but the manifest. */
export const BUNDLE_ENVELOPE_MAX_BYTES = 64 * 1024;
/** bundle-v1 §1.3: the whole file. */
export const BUNDLE_MAX_BYTES = MANIFEST_MAX_BYTES + BUNDLE_ENVELOPE_MAX_BYTES;

/** In canonical form `manifest` stands between `header` and `nodes`. */
const BEFORE_MANIFEST = Buffer.from(',"manifest":');
const AFTER_MANIFEST = Buffer.from(',"nodes":[');

export interface CutBundle {
  /** The canonical bundle without its manifest, ≤ 64 KiB: what is left is one object with the other members. */
  readonly envelope: Uint8Array;
  /** The manifest's own bytes, ≤ 16 MiB. */
  readonly manifestBytes: Uint8Array;
}

/**
 * bundle-v1 §1.3: cuts the manifest out and checks both limits before anything is parsed.
 *
 * The cut is exact: no string can hold the two marks, because a quotation mark in a string is escaped; the first
 * mark is the first such member, no member of the envelope is called `manifest` or holds one, and nothing after the
 * list of nodes has a list of that name. So envelope and manifest are canonical, each for itself, exactly when the bundle is.
 * @throws LIMIT, MALFORMED
 */
export function cutBundle(bytes: Uint8Array): CutBundle {
  if (bytes.length > BUNDLE_MAX_BYTES) throw tooLarge('the bundle', bytes.length, BUNDLE_MAX_BYTES);
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const before = file.indexOf(BEFORE_MANIFEST);
  const after = file.lastIndexOf(AFTER_MANIFEST);
  const start = before + BEFORE_MANIFEST.length;
  if (before < 0 || after < start) throw malformed('the bundle', otherKind(file));
  const manifestBytes = bytes.subarray(start, after);
  if (manifestBytes.length > MANIFEST_MAX_BYTES)
    throw tooLarge('the manifest in the bundle', manifestBytes.length, MANIFEST_MAX_BYTES);
  const envelopeLength = before + bytes.length - after;
  if (envelopeLength > BUNDLE_ENVELOPE_MAX_BYTES)
    throw tooLarge('the proof in the bundle', envelopeLength, BUNDLE_ENVELOPE_MAX_BYTES);
  return { envelope: Buffer.concat([file.subarray(0, before), file.subarray(after)]), manifestBytes };
}

/** Puts a canonical manifest into the canonical envelope of its bundle. */
export function joinBundle(envelope: string, manifestBytes: Uint8Array): Uint8Array {
  const at = envelope.lastIndexOf(AFTER_MANIFEST.toString());
  const parts = [Buffer.from(envelope.slice(0, at)), BEFORE_MANIFEST, manifestBytes, Buffer.from(envelope.slice(at))];
  return new Uint8Array(Buffer.concat(parts));
}

/** Says what a file is that is no bundle; a hint for people, decides nothing. */
function otherKind(file: Buffer): string {
  const format = /"format":"([a-z-]{1,20}-v\d)"/.exec(file.toString('latin1'))?.[1];
  if (format === undefined || format === 'bundle-v1') return 'is no bundle-v1 file in canonical form (RFC 8785)';
  return `is a file of another kind (${format}, not bundle-v1)`;
}

function tooLarge(what: string, found: number, allowed: number): WeighbridgeError {
  return new WeighbridgeError('LIMIT', `${what} has ${found} bytes, more than the ${allowed} allowed`, {
    hint: 'use a bundle made by weighbridge bundle export',
    details: { expected: String(allowed), found: String(found) },
  });
}
