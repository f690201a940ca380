import { WeighbridgeError } from './errors.js';

/** What our formats are made of: strings, booleans, null, integers 0 … 2^53−1, arrays and objects. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [member: string]: JsonValue;
}

export interface JsonLimits {
  /** Bytes of the whole text; more is LIMIT, before anything is parsed. */
  readonly maxBytes: number;
  /** Nesting of arrays and objects; more is LIMIT. */
  readonly maxDepth?: number;
}

const DEFAULT_DEPTH = 16;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Parses JSON strictly: UTF-8 without BOM, no duplicate members, integers only, bounded size and depth.
 * Objects have no prototype, so `__proto__` is a member like any other.
 * @param what names the input in messages
 * @throws MALFORMED, LIMIT
 */
export function parseJson(bytes: Uint8Array, what: string, limits: JsonLimits): JsonValue {
  if (bytes.length > limits.maxBytes) {
    throw new WeighbridgeError('LIMIT', `${what} has ${bytes.length} bytes, more than the ${limits.maxBytes} allowed`, {
      hint: 'use a file made by weighbridge; a larger one is refused before it is parsed',
    });
  }
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch (cause) {
    throw malformed(what, 'is not valid UTF-8', cause);
  }
  return new Parser(text, what, limits.maxDepth ?? DEFAULT_DEPTH).parse();
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

const NUMBER = /(?:0|[1-9][0-9]*)(?![0-9.eE+-])/y;
const STRING = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*"/y;
const SPACE = /[ \t\n\r]*/y;

class Parser {
  private at = 0;
  constructor(
    private readonly text: string,
    private readonly what: string,
    private readonly maxDepth: number,
  ) {}

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
    if (depth < this.maxDepth) return depth + 1;
    throw new WeighbridgeError('LIMIT', `${this.what} is nested deeper than ${this.maxDepth}`, {
      hint: 'use a file made by weighbridge',
    });
  }

  private object(depth: number): JsonObject {
    const members: Record<string, JsonValue> = Object.create(null);
    this.at += 1;
    if (this.closes('}')) return members;
    do {
      this.space();
      if (this.text[this.at] !== '"') throw this.fault('has a member without a name');
      const name = this.string();
      if (name in members) throw this.fault(`has the member ${JSON.stringify(name)} twice`);
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
    const end = this.match(STRING);
    if (end === undefined) throw this.fault('has a bad string');
    const value = JSON.parse(this.text.slice(this.at, end)) as string;
    if (!isPlainText(value)) throw this.fault('has a lone surrogate, a noncharacter or U+0000 in a string');
    this.at = end;
    return value;
  }

  private integer(): number {
    const end = this.match(NUMBER);
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
    this.at = this.match(SPACE) ?? this.at;
  }

  private match(pattern: RegExp): number | undefined {
    pattern.lastIndex = this.at;
    return pattern.test(this.text) ? pattern.lastIndex : undefined;
  }

  private fault(problem: string): WeighbridgeError {
    return malformed(this.what, `${problem}, at character ${this.at}`);
  }
}
