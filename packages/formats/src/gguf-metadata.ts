import type { ByteWindow } from './byte-window.js';
import { malformedModel, modelOverLimit } from './reader-fault.js';
import { showText } from '@weighbridge/core/show-text';

const MAX_KEYS = 100_000;
const MAX_KEY_BYTES = 65_535;
/** Of a template or a vocabulary's longest entry, by far. */
const MAX_TEXT_BYTES = 16 * 1024 * 1024;
/** Booleans and texts of lists: each is a step of work for few bytes of file. */
const MAX_STEPS = 16_000_000;
const UINT32 = 4;
const BOOL = 7;
const STRING = 8;
const ARRAY = 9;
/** Bytes of a value, by its type's number; undefined for texts and lists. */
const VALUE_BYTES: readonly (number | undefined)[] = [1, 1, 2, 2, 4, 4, 4, 1, undefined, undefined, 8, 8, 8];
const LEAST_KEY_BYTES = 8 + 4 + 1;
const LENGTH_BYTES = 8;
const TYPE_BYTES = 4;
const DEFAULT_ALIGNMENT = 32;
const ALIGNMENT_KEY = 'general.alignment';

/** What a reader of tensors needs of the metadata: where they end, and the alignment that they give. */
export interface GgufMetadata {
  readonly end: number;
  readonly alignment: number;
}

/**
 * tensor-readers §5.2: steps over `count` keys and their values from byte `at` on.
 * @throws MALFORMED, LIMIT
 */
export function readGgufMetadata(window: ByteWindow, at: number, count: number): GgufMetadata {
  if (count > MAX_KEYS) throw modelOverLimit(window.file, `has ${count} keys, more than the ${MAX_KEYS} allowed`);
  window.requireRange(at, count * LEAST_KEY_BYTES);
  const keys = new Set<string>();
  const walk = new ValueWalk(window);
  let alignment = DEFAULT_ALIGNMENT;
  let next = at;
  for (let index = 0; index < count; index += 1) {
    const length = window.u64(next);
    const key = window.text(next + LENGTH_BYTES, length, MAX_KEY_BYTES);
    if (key === '') throw malformedModel(window.file, 'has a key without a name');
    if (keys.has(key)) throw malformedModel(window.file, `has the key ${showText(key)} twice`);
    keys.add(key);
    next += LENGTH_BYTES + length;
    if (key === ALIGNMENT_KEY) alignment = readAlignment(window, next);
    next = walk.value(window.u32(next), next + TYPE_BYTES);
  }
  return { end: next, alignment };
}

/** tensor-readers §5.3 */
function readAlignment(window: ByteWindow, at: number): number {
  const alignment = window.u32(at) === UINT32 ? window.u32(at + TYPE_BYTES) : 0;
  const isPowerOfTwo = alignment >= 8 && (alignment & (alignment - 1)) === 0;
  if (!isPowerOfTwo) throw malformedModel(window.file, `has a ${ALIGNMENT_KEY} that is no power of two from 8 on`);
  return alignment;
}

class ValueWalk {
  private stepsLeft = MAX_STEPS;

  constructor(private readonly window: ByteWindow) {}

  /** Where a value ends that begins at a place. */
  value(type: number, at: number): number {
    if (type === ARRAY) return this.list(at);
    if (type === BOOL) this.requireBools(at, 1);
    if (type === STRING) return this.text(at);
    return this.past(at, this.bytesOf(type));
  }

  /** tensor-readers §5.2: lists hold no lists. */
  private list(at: number): number {
    const type = this.window.u32(at);
    const count = this.window.u64(at + TYPE_BYTES);
    const start = at + TYPE_BYTES + LENGTH_BYTES;
    if (type === BOOL) this.requireBools(start, count);
    if (type !== STRING) return this.past(start, count * this.bytesOf(type));
    this.past(start, count * LENGTH_BYTES);
    let next = start;
    for (let index = 0; index < count; index += 1) next = this.text(next);
    return next;
  }

  private bytesOf(type: number): number {
    const bytes = VALUE_BYTES[type];
    if (bytes === undefined) throw malformedModel(this.window.file, `has a value or list of the bad type ${type}`);
    return bytes;
  }

  private text(at: number): number {
    this.step();
    const length = this.window.u64(at);
    this.window.text(at + LENGTH_BYTES, length, MAX_TEXT_BYTES);
    return at + LENGTH_BYTES + length;
  }

  private past(at: number, length: number): number {
    this.window.requireRange(at, length);
    return at + length;
  }

  private requireBools(at: number, count: number): void {
    this.window.requireRange(at, count);
    this.step(count);
    for (let index = 0; index < count; index += 1) {
      if (this.window.u8(at + index) > 1) throw malformedModel(this.window.file, 'has a boolean that is none');
    }
  }

  private step(count = 1): void {
    if (count > this.stepsLeft) throw modelOverLimit(this.window.file, `has more than ${MAX_STEPS} values`);
    this.stepsLeft -= count;
  }
}
