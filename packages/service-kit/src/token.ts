import { randomBytes, timingSafeEqual } from 'node:crypto';
import { fromHex } from '@weighbridge/core/hex';
import { sha3, sha3Digest } from '@weighbridge/core/sha3';

/** What a bearer may do; `admin` may all of it. */
export const SCOPES = ['read', 'register', 'approve', 'revoke', 'admin'] as const;
export type Scope = (typeof SCOPES)[number];

/** A token as it is kept: what it opens is not in it. */
export interface TokenRecord {
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** SHA3-512 of the token's 32 bytes. */
  readonly digest: string;
  /** Unix seconds. */
  readonly createdAt: number;
  readonly expiresAt: number | null;
}

const PREFIX = 'wbt_';
const SECRET_BYTES = 32;
const TEXT = /^wbt_[A-Za-z0-9_-]{43}$/;

export interface NewToken {
  /** `wbt_` and 32 random bytes in base64url: shown once, kept nowhere. */
  readonly token: string;
  readonly digest: string;
}

export function makeToken(): NewToken {
  const secret = randomBytes(SECRET_BYTES);
  return { token: `${PREFIX}${secret.toString('base64url')}`, digest: sha3Digest(secret) };
}

/**
 * The record that a bearer's token belongs to. Every record is compared, in constant time, whichever matches.
 * @returns undefined for a token that is unknown, malformed or expired
 */
export function findToken(records: readonly TokenRecord[], token: string, nowSeconds: number): TokenRecord | undefined {
  if (!TEXT.test(token)) return undefined;
  const digest = sha3(Buffer.from(token.slice(PREFIX.length), 'base64url'));
  let found: TokenRecord | undefined;
  for (const record of records) if (timingSafeEqual(fromHex(record.digest), digest)) found = record;
  return found === undefined || (found.expiresAt !== null && nowSeconds >= found.expiresAt) ? undefined : found;
}

export function allows({ scopes }: TokenRecord, scope: Scope): boolean {
  return scopes.includes(scope) || scopes.includes('admin');
}
