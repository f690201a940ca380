import { canonicalBytes, parseCanonical } from '@weighbridge/core/canonical-json';
import type { Digest } from '@weighbridge/core/brands';
import type { JsonObject } from '@weighbridge/core/json';
import { Members } from '@weighbridge/core/members';
import { type ReleaseRef, tryReleaseRef } from '@weighbridge/core/names';

/** receipt-v1 §1.2. */
export const RECEIPT_MAX_BYTES = 4096;
const WHAT = 'the receipt';
const CHANNELS = ['git-lfs', 'ipfs'] as const;
const ROOT = /^[0-9A-Za-z._:/-]{1,256}$/;

/** receipt-v1: where a channel keeps a release. */
export interface Receipt {
  readonly channel: (typeof CHANNELS)[number];
  readonly ref: ReleaseRef;
  readonly releaseDigest: Digest;
  readonly root: string;
}

/** receipt-v1 §1: the canonical bytes. */
export function receiptBytes({ channel, ref, releaseDigest, root }: Receipt): Uint8Array {
  const receipt: JsonObject = { format: 'receipt-v1', channel, release: ref.name, releaseDigest, root };
  return canonicalBytes(receipt);
}

/**
 * Parses receipt-v1 strictly. It proves nothing: whatever is found through it is compared with digests.
 * @throws MALFORMED, LIMIT
 */
export function parseReceipt(bytes: Uint8Array): Receipt {
  const members = Members.of(parseCanonical(bytes, WHAT, { maxBytes: RECEIPT_MAX_BYTES }), WHAT);
  members.word('format', 'receipt-v1');
  const receipt: Receipt = {
    channel: members.word('channel', ...CHANNELS),
    ref: members.parsed('release', 'a release reference', tryReleaseRef),
    releaseDigest: members.digest('releaseDigest'),
    root: members.parsed('root', '1 to 256 letters, digits and any of ._:/-', (text) =>
      ROOT.test(text) ? text : undefined,
    ),
  };
  members.done();
  return receipt;
}
