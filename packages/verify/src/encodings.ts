import type { Address } from '@weighbridge/core/brands';
import { type JsonObject, type JsonValue, malformed } from '@weighbridge/core/json';
import { isSortedSet, type Members } from '@weighbridge/core/members';
import { parseTime } from '@weighbridge/core/times';
import { isAddress, isSignatureForm } from './signatures.js';

/** Bytes of padded base64; undefined unless the text is exactly what the bytes encode to. */
export function parseBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? new Uint8Array(bytes) : undefined;
}

export function formatBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

/** @throws MALFORMED */
export function readBytes(members: Members, name: string): Uint8Array {
  return members.parsed(name, 'padded base64', parseBase64);
}

/** @throws MALFORMED */
export function readAddress(members: Members, name: string): Address {
  return members.parsed(name, 'an address in EIP-55 spelling', (text) => (isAddress(text) ? text : undefined));
}

/** Unix seconds. @throws MALFORMED */
export function readTime(members: Members, name: string): number {
  return members.parsed(name, 'a time as 2026-01-31T12:00:00Z', parseTime);
}

/** @throws MALFORMED */
export function readSignature(members: Members, name: string): Uint8Array {
  return members.parsed(name, 'a signature of 65 bytes with low s and v 27 or 28, in padded base64', (text) => {
    const bytes = parseBase64(text);
    return bytes !== undefined && isSignatureForm(bytes) ? bytes : undefined;
  });
}

/** A sorted list of different strings, each of which `parse` accepts. @throws MALFORMED */
export function readSortedSet<T extends string>(
  members: Members,
  name: string,
  wanted: string,
  is: (text: string) => text is T,
): T[] {
  const list = members.list(name, (item) =>
    typeof item === 'string' && is(item) ? item : members.refuse(name, `a list of ${wanted}`),
  );
  return isSortedSet(list) ? list : members.refuse(name, 'sorted and without duplicates');
}

/** A list of objects, sorted by a member that is different in each. @throws MALFORMED */
export function readSortedBy<T, K extends keyof T & string>(
  members: Members,
  name: string,
  key: K,
  read: (item: JsonValue, place: string) => T,
): T[] {
  const list = members.list(name, read);
  return isSortedSet(list.map((item) => String(item[key])))
    ? list
    : members.refuse(name, `sorted by ${key} and without duplicates`);
}

/** Says which of our files a text is, when it is not the one that was wanted. */
export function wrongKind(what: string, value: JsonObject | undefined, wanted: string): Error {
  const format = value?.format;
  if (typeof format !== 'string' || format === wanted) return malformed(what, `is no ${wanted} file in canonical form`);
  return malformed(what, `is a file of another kind (${JSON.stringify(format)}, not ${wanted})`);
}
