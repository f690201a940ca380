import { WeighbridgeError } from './errors.js';
import { showText } from './show-text.js';

/** What our formats are made of: strings, booleans, null, integers 0 … 2^53−1, arrays and objects. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [member: string]: JsonValue;
}

export interface JsonLimits {
  /**
   * Bytes of the whole text; more is LIMIT, before anything is parsed. Arrays and objects together may be one for
   * every 32 bytes of this, or 1,024: two bytes of text that become 200 bytes of memory are a bomb.
   */
  readonly maxBytes: number;
  /** Nesting of arrays and objects; more is LIMIT. */
  readonly maxDepth?: number;
}

const DEFAULT_DEPTH = 16;
const BYTES_PER_COMPOSITE = 32;
const LEAST_COMPOSITES = 1024;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Parses JSON strictly: UTF-8 without BOM, no duplicate members, integers only, bounded size and depth.
 * Objects have no prototype, so `__proto__` is a member like any other.
 * @param what names the input in messages
 * @throws MALFORMED, LIMIT
 */
export function parseJson(bytes: Uint8Array, what: string, limits: JsonLimits): JsonValue {
  return parseJsonText(decodeJsonText(bytes, what, limits), what, limits);
}

/** The text of JSON bytes; different bytes are different texts. @throws MALFORMED, LIMIT */
export function decodeJsonText(bytes: Uint8Array, what: string, limits: JsonLimits): string {
  if (bytes.length > limits.maxBytes) {
    throw new WeighbridgeError('LIMIT', `${what} has ${bytes.length} bytes, more than the ${limits.maxBytes} allowed`, {
      hint: 'use a file made by weighbridge; a larger one is refused before it is parsed',
    });
  }
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw malformed(what, 'is not valid UTF-8', cause);
  }
}

/** @throws MALFORMED, LIMIT */
export function parseJsonText(text: string, what: string, limits: JsonLimits): JsonValue {
  return new Parser(text, what, limits).parse();
}

/** A MALFORMED error about a JSON input. */
export function malformed(what: string, problem: string, cause?: unknown): WeighbridgeError {
  return new WeighbridgeError('MALFORMED', `${what} ${problem}`, {
    hint: 'get the file again from where it was made; it is refused as it is',
    cause,
  });
}

/** Whether a string may stand in our formats: no lone surrogates, no noncharacters, no U+0000. */
export function isPlainText(text: string): boolean {
  return text.isWellFormed() && !/[\0\p{Noncharacter_Code_Point}]/u.test(text);
}

const NUMBER = /(?:0|[1-9][0-9]*)/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const SPACE = /[ \t\n\r]*/y;

class Parser {
  private at = 0;
  private readonly maxDepth: number;
  private compositesLeft: number;

  constructor(
    private readonly text: string,
    private readonly what: string,
    limits: JsonLimits,
  ) {
    this.maxDepth = limits.maxDepth ?? DEFAULT_DEPTH;
    this.compositesLeft = Math.max(LEAST_COMPOSITES, Math.floor(limits.maxBytes / BYTES_PER_COMPOSITE));
  }

  parse(): JsonValue {
    const value = this.value(0);
    this.space();
    if (this.at !== this.text.length) throw this.fault('has something after its end');
    return value;
  }

  private value(depth: number): JsonValue {
    this.space();
    switch (this.text[this.at]) {
      case '{':
        return this.object(this.deeper(depth));
      case '[':
        return this.array(this.deeper(depth));
      case '"':
        return this.string();
      case 't':
        return this.word('true', true);
      case 'f':
        return this.word('false', false);
      case 'n':
        return this.word('null', null);
      default:
        return this.integer();
    }
  }

  private deeper(depth: number): number {
    if (depth >= this.maxDepth) throw this.overLimit(`is nested deeper than ${this.maxDepth}`);
    if (this.compositesLeft === 0) throw this.overLimit('has too many arrays and objects');
    this.compositesLeft -= 1;
    return depth + 1;
  }

  private overLimit(problem: string): WeighbridgeError {
    return new WeighbridgeError('LIMIT', `${this.what} ${problem}`, { hint: 'use a file made by weighbridge' });
  }

  private object(depth: number): JsonObject {
    const members: Record<string, JsonValue> = Object.create(null);
    this.at += 1;
    if (this.closes('}')) return members;
    do {
      this.space();
      if (this.text[this.at] !== '"') throw this.fault('has a member without a name');
      const name = this.string();
      if (name in members) throw this.fault(`has the member ${showText(name)} twice`);
      this.space();
      if (this.text[this.at] !== ':') throw this.fault('has a member without a value');
      this.at += 1;
      members[name] = this.value(depth);
    } while (this.continues('}'));
    return members;
  }

  private array(depth: number): JsonValue[] {
    const items: JsonValue[] = [];
    this.at += 1;
    if (this.closes(']')) return items;
    do items.push(this.value(depth));
    while (this.continues(']'));
    return items;
  }

  private closes(end: string): boolean {
    this.space();
    if (this.text[this.at] !== end) return false;
    this.at += 1;
    return true;
  }

  private continues(end: string): boolean {
    if (this.closes(end)) return false;
    if (this.text[this.at] !== ',') throw this.fault(`misses a comma or ${end}`);
    this.at += 1;
    return true;
  }

  private string(): string {
    const end = this.endOfString();
    const value = JSON.parse(this.text.slice(this.at, end)) as string;
    if (!isPlainText(value)) throw this.fault('has a lone surrogate, a noncharacter or U+0000 in a string');
    this.at = end;
    return value;
  }

  /** Piece by piece: one pattern for a whole string overflows the stack at millions of escapes. */
  private endOfString(): number {
    let at = endOfMatch(PLAIN, this.text, this.at + 1)!;
    while (this.text[at] === '\\') {
      const after = endOfMatch(ESCAPE, this.text, at);
      if (after === undefined) throw this.fault('has a bad escape in a string');
      at = endOfMatch(PLAIN, this.text, after)!;
    }
    if (this.text[at] !== '"') throw this.fault('has a control character in a string, or one without an end');
    return at + 1;
  }

  private integer(): number {
    const end = endOfMatch(NUMBER, this.text, this.at);
    if (end === undefined) throw this.fault('has something that is no string, integer, boolean, array or object');
    const value = Number(this.text.slice(this.at, end));
    if (!Number.isSafeInteger(value)) throw this.fault('has an integer beyond 2^53 - 1');
    this.at = end;
    return value;
  }

  private word<T>(word: string, value: T): T {
    if (!this.text.startsWith(word, this.at)) throw this.fault('has an unknown word');
    this.at += word.length;
    return value;
  }

  private space(): void {
    this.at = endOfMatch(SPACE, this.text, this.at)!;
  }

  private fault(problem: string): WeighbridgeError {
    return malformed(this.what, `${problem}, at character ${this.at}`);
  }
}

/** Where a sticky pattern that begins at a place ends; undefined when it does not match there. */
function endOfMatch(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}
