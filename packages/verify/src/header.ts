import { toHex } from '@weighbridge/core/hex';
import { malformed } from '@weighbridge/core/json';
import { keccak256 } from './keccak256.js';
import { decodeRlp, type RlpItem } from './rlp.js';
import { numberOf } from './words.js';

/** What a block header says of itself; worth as much as its hash. */
export interface BlockHeader {
  /** Keccak-256 of the raw header, 64 lower-case hex digits. */
  readonly hash: string;
  /** 32 bytes. */
  readonly stateRoot: Uint8Array;
  readonly number: number;
  /** Unix seconds. */
  readonly timestamp: number;
}

const WHAT = 'the block header';
/** bundle-v1 §3.2: positions that no fork has moved. */
const STATE_ROOT = 3;
const NUMBER = 8;
const TIMESTAMP = 11;
const LEAST_FIELDS = 15;
const MOST_FIELDS = 64;

/**
 * bundle-v1 §3: reads a header by position, whatever fork it is of.
 * @param raw canonical RLP, 15 to 64 byte strings
 * @throws MALFORMED
 */
export function readHeader(raw: Uint8Array): BlockHeader {
  const fields = readFields(raw);
  const stateRoot = fields[STATE_ROOT]!;
  if (stateRoot.length !== 32) throw malformed(WHAT, 'has a state root that is not 32 bytes');
  return {
    hash: toHex(keccak256(raw)),
    stateRoot,
    number: readInteger(fields[NUMBER]!, 'number'),
    timestamp: readInteger(fields[TIMESTAMP]!, 'timestamp'),
  };
}

function readFields(raw: Uint8Array): readonly Uint8Array[] {
  const item = decode(raw);
  if (item instanceof Uint8Array) throw malformed(WHAT, 'is no RLP list');
  if (item.length < LEAST_FIELDS || item.length > MOST_FIELDS) {
    throw malformed(WHAT, `has ${item.length} fields, not ${LEAST_FIELDS} to ${MOST_FIELDS}`);
  }
  return item.map((field, index) => {
    if (field instanceof Uint8Array) return field;
    throw malformed(WHAT, `has a list as field ${index}`);
  });
}

function decode(raw: Uint8Array): RlpItem {
  try {
    return decodeRlp(raw);
  } catch (cause) {
    throw malformed(
      WHAT,
      cause instanceof RangeError ? `is no canonical RLP: it ${cause.message}` : 'is no RLP',
      cause,
    );
  }
}

function readInteger(bytes: Uint8Array, name: string): number {
  const value = numberOf(bytes);
  if (bytes[0] === 0 || value > BigInt(Number.MAX_SAFE_INTEGER))
    throw malformed(WHAT, `has a ${name} that is no integer up to 2^53 - 1`);
  return Number(value);
}
