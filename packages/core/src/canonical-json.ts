import { WeighbridgeError } from './errors.js';
import {
  decodeJsonText,
  isPlainText,
  type JsonLimits,
  type JsonObject,
  type JsonValue,
  malformed,
  parseJsonText,
} from './json.js';
import { showText } from './show-text.js';

const encoder = new TextEncoder();

/**
 * RFC 8785 text of a value: members sorted by UTF-16 code units, no white space.
 * @throws MALFORMED for numbers that are no integers 0 … 2^53−1 and for strings outside our formats
 */
export function canonicalJson(value: JsonValue): string {
  const pieces: string[] = [];
  writeCanonical(value, (piece) => pieces.push(piece));
  return pieces.join('');
}

export function canonicalBytes(value: JsonValue): Uint8Array {
  return encoder.encode(canonicalJson(value));
}

/**
 * Parses a file that must be in canonical form: these bytes and no others stand for this value.
 * @throws MALFORMED, LIMIT
 */
export function parseCanonical(bytes: Uint8Array, what: string, limits: JsonLimits): JsonObject {
  const text = decodeJsonText(bytes, what, limits);
  const value = parseJsonText(text, what, limits);
  if (value === null || typeof value !== 'object' || isArray(value)) throw malformed(what, 'is no JSON object');
  if (!isCanonicalText(value, text)) throw malformed(what, 'is not in canonical form (RFC 8785)');
  return value;
}

/** Compares piece by piece: a second copy of 16 MiB is never made. */
function isCanonicalText(value: JsonValue, text: string): boolean {
  let at = 0;
  let isEqual = true;
  writeCanonical(value, (piece) => {
    isEqual &&= text.startsWith(piece, at);
    at += piece.length;
  });
  return isEqual && at === text.length;
}

function writeCanonical(value: JsonValue, write: (piece: string) => void): void {
  if (typeof value === 'string') write(canonicalString(value));
  else if (typeof value === 'number') write(canonicalInteger(value));
  else if (value === null || typeof value === 'boolean') write(String(value));
  else if (isArray(value)) writeArray(value, write);
  else writeObject(value, write);
}

function writeArray(items: readonly JsonValue[], write: (piece: string) => void): void {
  write('[');
  for (const [index, item] of items.entries()) {
    if (index > 0) write(',');
    writeCanonical(item, write);
  }
  write(']');
}

function writeObject(value: JsonObject, write: (piece: string) => void): void {
  let before = '{';
  for (const name of Object.keys(value).sort()) {
    write(`${before}${canonicalString(name)}:`);
    writeCanonical(value[name]!, write);
    before = ',';
  }
  write(before === '{' ? '{}' : '}');
}

function canonicalString(text: string): string {
  if (!isPlainText(text)) {
    throw new WeighbridgeError(
      'MALFORMED',
      `a string has a lone surrogate, a noncharacter or U+0000: ${showText(text)}`,
      {
        hint: 'rename it; such text cannot stand in a manifest',
      },
    );
  }
  return JSON.stringify(text);
}

function canonicalInteger(value: number): string {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new WeighbridgeError('MALFORMED', `${value} is no integer from 0 to 2^53 - 1`, {
      hint: 'use a smaller number',
    });
  }
  return String(value);
}

function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
