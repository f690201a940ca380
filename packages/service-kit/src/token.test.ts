import { createHash } from 'node:crypto';
import { FakeDocument } from '@weighbridge/ports/testing/fake-document';
import { describe, expect, it } from 'vitest';
import { allows, findToken, makeToken, SCOPES, type TokenRecord } from './token.js';
import { readTokens, writeTokens } from './token-book.js';

const record = (digest: string, more: Partial<TokenRecord> = {}): TokenRecord => ({
  name: 'ci',
  scopes: ['read'],
  digest,
  createdAt: 1,
  expiresAt: null,
  ...more,
});

describe('a token', () => {
  it('is 32 random bytes whose SHA3-512 alone is kept', () => {
    const { token, digest } = makeToken();
    const secret = Buffer.from(token.slice(4), 'base64url');
    expect(secret).toHaveLength(32);
    expect(createHash('sha3-512').update(secret).digest('hex')).toBe(digest);
    expect(makeToken().token).not.toBe(token);
  });

  it('finds its record among others', () => {
    const [a, b] = [makeToken(), makeToken()];
    const records = [record(a.digest, { name: 'a' }), record(b.digest, { name: 'b' })];
    expect(findToken(records, b.token, 0)?.name).toBe('b');
    expect(findToken(records, makeToken().token, 0)).toBeUndefined();
    expect(findToken([], a.token, 0)).toBeUndefined();
  });

  it('is found in one spelling alone', () => {
    const { token, digest } = makeToken();
    for (const other of ['', token.slice(0, -1), `${token}A`, token.slice(4), ` ${token}`, `${token}=`])
      expect(findToken([record(digest)], other, 0)).toBeUndefined();
  });

  it('ends at its time', () => {
    const { token, digest } = makeToken();
    const records = [record(digest, { expiresAt: 100 })];
    expect(findToken(records, token, 99)).toBeDefined();
    expect(findToken(records, token, 100)).toBeUndefined();
  });

  it('may what its scopes say; admin may all', () => {
    for (const scope of SCOPES) {
      expect(allows(record('', { scopes: ['approve'] }), scope)).toBe(scope === 'approve');
      expect(allows(record('', { scopes: ['admin'] }), scope)).toBe(true);
    }
  });
});

describe('the file of tokens', () => {
  it('gives back what was written', async () => {
    const document = new FakeDocument();
    expect(await readTokens(document)).toEqual([]);
    const records = [record(makeToken().digest), record(makeToken().digest, { name: 'x', expiresAt: 5 })];
    await writeTokens(document, records);
    expect(await readTokens(document)).toEqual(records);
  });

  const good = { name: 'ci', scopes: ['read'], digest: 'ab'.repeat(64), createdAt: 1, expiresAt: null };
  it.each<[string, unknown]>([
    ['another format', { format: 'tokens-v2', tokens: [] }],
    ['no list', { format: 'tokens-v1', tokens: {} }],
    ['an unknown member', { format: 'tokens-v1', more: 1, tokens: [] }],
    ['a token that is none', { format: 'tokens-v1', tokens: [1] }],
    ['an unknown scope', { format: 'tokens-v1', tokens: [{ ...good, scopes: ['root'] }] }],
    ['no scope', { format: 'tokens-v1', tokens: [{ ...good, scopes: [] }] }],
    ['a short digest', { format: 'tokens-v1', tokens: [{ ...good, digest: 'ab' }] }],
    ['a member more', { format: 'tokens-v1', tokens: [{ ...good, all: true }] }],
    ['an end that is no time', { format: 'tokens-v1', tokens: [{ ...good, expiresAt: 'never' }] }],
  ])('with %s is MALFORMED, and opens nothing', async (_, value) => {
    const document = new FakeDocument();
    const sorted = (_key: string, member: unknown) =>
      typeof member === 'object' && member !== null && !Array.isArray(member)
        ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
        : member;
    document.bytes = Buffer.from(JSON.stringify(value, sorted));
    await expect(readTokens(document)).rejects.toMatchObject({ code: 'MALFORMED' });
  });

  it('that is read-only is IO', async () => {
    const document = new FakeDocument();
    document.write = async () => false;
    await expect(writeTokens(document, [])).rejects.toMatchObject({ code: 'IO' });
  });
});
