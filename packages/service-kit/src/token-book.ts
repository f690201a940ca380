import { canonicalBytes, parseCanonical } from '@weighbridge/core/canonical-json';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { isDigest } from '@weighbridge/core/hex';
import type { JsonObject, JsonValue } from '@weighbridge/core/json';
import { isName } from '@weighbridge/core/names';
import type { Document } from '@weighbridge/ports/document';
import { SCOPES, type Scope, type TokenRecord } from './token.js';

const FORMAT = 'tokens-v1';
const MAX_BYTES = 1024 * 1024;

/** The tokens of a home folder. @throws MALFORMED for a damaged file; LIMIT; IO */
export async function readTokens(document: Document): Promise<readonly TokenRecord[]> {
  const bytes = await document.read(MAX_BYTES);
  if (bytes === undefined) return [];
  const { format, tokens, ...rest } = parseCanonical(bytes, 'the file of tokens', { maxBytes: MAX_BYTES });
  if (format !== FORMAT || !Array.isArray(tokens) || Object.keys(rest).length > 0) throw damaged(document);
  return tokens.map((token: JsonValue) => {
    if (!isRecord(token)) throw damaged(document);
    return token;
  });
}

/** Replaces them, durably. @throws IO where nothing may be written */
export async function writeTokens(document: Document, records: readonly TokenRecord[]): Promise<void> {
  const tokens = records.map(({ name, scopes, digest, createdAt, expiresAt }) => ({
    name,
    scopes: [...scopes],
    digest,
    createdAt,
    expiresAt,
  }));
  if (await document.write(canonicalBytes({ format: FORMAT, tokens }))) return;
  throw new WeighbridgeError('IO', `${document.location} cannot be written: its place is read-only`, {
    hint: 'use a home folder that you may write',
  });
}

function isRecord(value: JsonValue): value is JsonObject & TokenRecord {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const { name, scopes, digest, createdAt, expiresAt, ...rest } = value as JsonObject;
  return (
    Object.keys(rest).length === 0 &&
    typeof name === 'string' &&
    isName(name) &&
    Array.isArray(scopes) &&
    scopes.length > 0 &&
    scopes.every((scope) => SCOPES.includes(scope as Scope)) &&
    isDigest(digest) &&
    typeof createdAt === 'number' &&
    (expiresAt === null || typeof expiresAt === 'number')
  );
}

function damaged({ location }: Document): WeighbridgeError {
  return new WeighbridgeError('MALFORMED', `${location} is no file of tokens`, {
    hint: 'restore it from a backup, or remove it and make new tokens',
    details: { file: location },
  });
}
