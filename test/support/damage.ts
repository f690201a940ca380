import { readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';

/** Flips bits of one byte in place; a negative offset counts from the end. Times are kept. */
export function flipByte(path: string, offset = -1, mask = 1): void {
  edit(path, (bytes) => {
    const at = offset < 0 ? bytes.length + offset : offset;
    bytes[at]! ^= mask;
    return bytes;
  });
}

/** Writes a file anew, with the times that it had. */
export function edit(path: string, change: (bytes: Buffer) => Uint8Array): void {
  const { atime, mtime } = statSync(path);
  writeFileSync(path, change(readFileSync(path)));
  utimesSync(path, atime, mtime);
}

/** Changes the value in a JSON file and writes it canonically: members sorted, no spaces. */
export function editJson<T = Record<string, never>>(path: string, change: (value: T) => unknown): void {
  edit(path, (bytes) => {
    const value = JSON.parse(bytes.toString()) as T;
    return Buffer.from(sortedJson(change(value) ?? value));
  });
}

/** RFC 8785 of what our formats hold: text, integers, booleans, null, lists, objects with ASCII names. */
export function sortedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${sortedJson(member)}`).join(',')}}`;
}
