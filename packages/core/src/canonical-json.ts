import { WeighbridgeError } from './errors.js';
import { bytesEqual } from './hex.js';
import { isPlainText, type JsonLimits, type JsonObject, type JsonValue, malformed, parseJson } from './json.js';

const encoder = new TextEncoder();

/**
 * RFC 8785 text of a value: members sorted by UTF-16 code units, no white space.
 * @throws MALFORMED for numbers that are no integers 0 … 2^53−1 and for strings outside our formats
 */
export function canonicalJson(value: JsonValue): string {
  if (typeof value === 'string') return canonicalString(value);
  if (typeof value === 'number') return canonicalInteger(value);
  if (value === null || typeof value === 'boolean') return String(value);
  if (isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  const members = Object.keys(value).sort();
  return `{${members.map((name) => `${canonicalString(name)}:${canonicalJson(value[name]!)}`).join(',')}}`;
}

export function canonicalBytes(value: JsonValue): Uint8Array {
  return encoder.encode(canonicalJson(value));
}

/**
 * Parses a file that must be in canonical form: these bytes and no others stand for this value.
 * @throws MALFORMED, LIMIT
 */
export function parseCanonical(bytes: Uint8Array, what: string, limits: JsonLimits): JsonObject {
  const value = parseJson(bytes, what, limits);
  if (value === null || typeof value !== 'object' || isArray(value)) throw malformed(what, 'is no JSON object');
  if (!bytesEqual(canonicalBytes(value), bytes)) throw malformed(what, 'is not in canonical form (RFC 8785)');
  return value;
}

function canonicalString(text: string): string {
  if (!isPlainText(text)) {
    throw new WeighbridgeError('MALFORMED', `a string has a lone surrogate, a noncharacter or U+0000: ${JSON.stringify(text)}`, {
      hint: 'rename it; such text cannot stand in a manifest',
    });
  }
  return JSON.stringify(text);
}

function canonicalInteger(value: number): string {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new WeighbridgeError('MALFORMED', `${value} is no integer from 0 to 2^53 - 1`, { hint: 'use a smaller number' });
  }
  return String(value);
}

function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
