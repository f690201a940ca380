import { canonicalBytes } from '@weighbridge/core/canonical-json';
import { describe, expect, it } from 'vitest';
import { canonicalLedger, parseLedger } from './witness-ledger.js';

const HASH = 'a'.repeat(64);
const LEDGER = { '31337:0xC': { number: 7, hash: HASH }, '1:0xD': { number: 0, hash: HASH } };

describe('parseLedger', () => {
  it('reads what canonicalLedger wrote', () => expect(parseLedger(canonicalLedger(LEDGER))).toEqual(LEDGER));

  it.each([
    ['another format', { format: 'trust-v1', chains: {} }],
    ['an unknown member', { format: 'witness-ledger-v1', chains: {}, more: 1 }],
    ['a block without a hash', { format: 'witness-ledger-v1', chains: { a: { number: 1 } } }],
    [
      'a block with an unknown member',
      { format: 'witness-ledger-v1', chains: { a: { number: 1, hash: HASH, more: 1 } } },
    ],
    ['a block with a short hash', { format: 'witness-ledger-v1', chains: { a: { number: 1, hash: 'ab' } } }],
  ])('%s is MALFORMED', (_, value) => {
    expect(() => parseLedger(canonicalBytes(value))).toThrow(expect.objectContaining({ code: 'MALFORMED' }));
  });

  it('what is not canonical is MALFORMED', () => {
    const bytes = Buffer.from(`${Buffer.from(canonicalLedger({})).toString()}\n`);
    expect(() => parseLedger(bytes)).toThrow(expect.objectContaining({ code: 'MALFORMED' }));
  });
});
