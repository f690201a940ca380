import type { Digest, ModelName, Version } from '@weighbridge/core/brands';
import { releaseRef } from '@weighbridge/core/names';
import { describe, expect, it } from 'vitest';
import { parseReceipt, RECEIPT_MAX_BYTES, type Receipt, receiptBytes } from './receipt.js';

const RECEIPT: Receipt = {
  channel: 'ipfs',
  ref: releaseRef('acme/pilot-llm' as ModelName, '1.2.0' as Version),
  releaseDigest: '0123456789abcdef'.repeat(8) as Digest,
  root: 'bafybeigwg5aqidea6avdu3zqyhxf2zesi4stcpccguva4wla7oje5es42u',
};
const text = (receipt: Receipt): string => new TextDecoder().decode(receiptBytes(receipt));
const parseText = (json: string): Receipt => parseReceipt(new TextEncoder().encode(json));

describe('receipt-v1', () => {
  it('reads what it wrote', () => {
    expect(parseReceipt(receiptBytes(RECEIPT))).toEqual(RECEIPT);
    expect(text(RECEIPT)).toMatch(/^\{"channel":"ipfs","format":"receipt-v1","release":"acme\/pilot-llm@1\.2\.0",/);
  });

  it.each<[string, (json: string) => string]>([
    ['a final newline', (json) => `${json}\n`],
    ['a space', (json) => json.replace(':', ': ')],
    ['an unknown member', (json) => json.replace('{', '{"a":1,')],
    ['a missing member', (json) => json.replace('"channel":"ipfs",', '')],
    ['a duplicate member', (json) => json.replace('{', '{"channel":"ipfs",')],
    ['another format', (json) => json.replace('receipt-v1', 'receipt-v2')],
    ['another channel', (json) => json.replace('"ipfs"', '"http"')],
    ['a release without a version', (json) => json.replace('@1.2.0', '')],
    ['a digest in upper case', (json) => json.replace('abcdef', 'ABCDEF')],
    ['a short digest', (json) => json.replace('0123456789abcdef"', '"')],
    ['a root with an option', (json) => json.replace('bafy', '-x bafy')],
    ['an empty root', (json) => json.replace(RECEIPT.root, '')],
    ['a root that is no string', (json) => json.replace(`"${RECEIPT.root}"`, '7')],
    ['a list', (json) => `[${json}]`],
    ['nothing', () => ''],
  ])('%s is MALFORMED', (_, change) => {
    const changed = change(text(RECEIPT));
    expect(changed).not.toBe(text(RECEIPT));
    expect(() => parseText(changed)).toThrowError(expect.objectContaining({ code: 'MALFORMED' }));
  });

  it('more than 4 KiB is LIMIT', () => {
    const long = text(RECEIPT).replace(RECEIPT.root, 'a'.repeat(RECEIPT_MAX_BYTES));
    expect(() => parseText(long)).toThrowError(expect.objectContaining({ code: 'LIMIT' }));
  });
});
