import type { Digest } from './brands.js';
import { isDigest, isSha256 } from './hex.js';
import { type JsonObject, type JsonValue, malformed } from './json.js';
import { showText } from './show-text.js';

/**
 * Reads the members of a parsed object, each exactly once and of its type; `done` refuses what is left over.
 * The place of a fault is spelled as in `files[3].path`.
 */
export class Members {
  private readonly unread: Set<string>;

  private constructor(
    private readonly source: JsonObject,
    private readonly what: string,
    private readonly place: string,
  ) {
    this.unread = new Set(Object.keys(source));
  }

  /** @throws MALFORMED when the value is no object */
  static of(value: JsonValue | undefined, what: string, place = ''): Members {
    if (value === undefined || value === null || typeof value !== 'object' || Array.isArray(value)) {
      throw malformed(what, place === '' ? 'is no JSON object' : `has no object at ${place}`);
    }
    return new Members(value as JsonObject, what, place);
  }

  has(name: string): boolean {
    return Object.hasOwn(this.source, name);
  }

  /** @throws MALFORMED when the member is absent */
  value(name: string): JsonValue {
    const value = this.has(name) ? this.source[name] : undefined;
    if (value === undefined) throw malformed(this.what, `lacks the member ${this.at(name)}`);
    this.unread.delete(name);
    return value;
  }

  string(name: string): string {
    const value = this.value(name);
    return typeof value === 'string' ? value : this.refuse(name, 'a string');
  }

  boolean(name: string): boolean {
    const value = this.value(name);
    return typeof value === 'boolean' ? value : this.refuse(name, 'true or false');
  }

  integer(name: string, least = 0, most = Number.MAX_SAFE_INTEGER): number {
    const value = this.value(name);
    if (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most) return value as number;
    return this.refuse(name, `an integer from ${least} to ${most}`);
  }

  digest(name: string): Digest {
    const value = this.value(name);
    return isDigest(value) ? value : this.refuse(name, 'a SHA3-512 digest of 128 lower-case hex digits');
  }

  /** 64 lower-case hex digits: a SHA-256 digest or a block hash. */
  hash32<T extends string = string>(name: string): T {
    const value = this.value(name);
    return isSha256(value) ? (value as string as T) : this.refuse(name, '64 lower-case hex digits');
  }

  /** One of some words; also for `format`, whose unknown values are refused. */
  word<const T extends string>(name: string, ...words: readonly T[]): T {
    const value = this.value(name);
    const found = words.find((word) => word === value);
    return found ?? this.refuse(name, words.map((word) => JSON.stringify(word)).join(' or '));
  }

  /** A string that `parse` accepts: it returns undefined for anything else. */
  parsed<T>(name: string, wanted: string, parse: (text: string) => T | undefined): T {
    return parse(this.string(name)) ?? this.refuse(name, wanted);
  }

  object(name: string): Members {
    return Members.of(this.value(name), this.what, this.at(name));
  }

  list<T>(name: string, read: (item: JsonValue, place: string) => T): T[] {
    const value = this.value(name);
    if (!Array.isArray(value)) return this.refuse(name, 'a list');
    const place = this.at(name);
    return (value as readonly JsonValue[]).map((item, index) => read(item, `${place}[${index}]`));
  }

  /** Names of the members, in the order of the text; for objects that are maps. */
  names(): string[] {
    return Object.keys(this.source);
  }

  /** @throws MALFORMED when a member was not read: unknown members are refused */
  done(): void {
    const [name] = this.unread;
    if (name !== undefined) throw malformed(this.what, `has the unknown member ${this.at(name)}`);
  }

  refuse(name: string, wanted: string): never {
    throw malformed(this.what, `has a ${this.at(name)} that is not ${wanted}`);
  }

  private at(name: string): string {
    const shown = showText(name);
    return this.place === '' ? shown : `${this.place}.${shown}`;
  }
}

/** Whether a list is sorted by UTF-8 bytes and without duplicates. */
export function isSortedSet(items: readonly string[]): boolean {
  return items.every((item, index) => index === 0 || compareUtf8(items[index - 1]!, item) < 0);
}

/** Order of the UTF-8 bytes, which differs from JavaScript's order where one side has a surrogate pair. */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const [x, y] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (x !== y) return utf8Rank(x) - utf8Rank(y);
  }
  return a.length - b.length;
}

/** Surrogates, which stand for U+10000 and above, come after U+E000 … U+FFFF. */
function utf8Rank(codeUnit: number): number {
  return codeUnit >= 0xd800 && codeUnit < 0xe000 ? codeUnit + 0x10000 : codeUnit;
}
