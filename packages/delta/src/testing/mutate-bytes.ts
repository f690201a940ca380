import type { Random } from './random.js';
import { leb128 } from './spellings.js';

const NUMBERS = [
  0n,
  1n,
  127n,
  128n,
  255n,
  2n ** 16n,
  2n ** 31n - 1n,
  2n ** 31n,
  2n ** 32n,
  2n ** 53n - 1n,
  2n ** 53n,
  2n ** 63n,
];

type Mutation = (bytes: Uint8Array, random: Random) => Uint8Array;

const MUTATIONS: readonly Mutation[] = [flip, flip, overwrite, truncate, insert, remove, repeat, number, splice];

/** One small damage, at a place of chance. */
export function mutateBytes(bytes: Uint8Array, random: Random): Uint8Array {
  return random.oneOf(MUTATIONS)(bytes, random);
}

/** A number that decoders like to stumble over. */
export function hostileNumber(random: Random): Uint8Array {
  return leb128(random.oneOf(NUMBERS) + BigInt(random.below(3)), random.below(8) === 0 ? 1 : 0);
}

function flip(bytes: Uint8Array, random: Random): Uint8Array {
  const changed = new Uint8Array(bytes);
  const count = random.oneOf([1, 1, 1, 2, 8]);
  for (let time = 0; time < count && changed.length > 0; time += 1)
    changed[random.below(changed.length)]! ^= 1 << random.below(8);
  return changed;
}

function overwrite(bytes: Uint8Array, random: Random): Uint8Array {
  const changed = new Uint8Array(bytes);
  const at = random.below(bytes.length + 1);
  const value = random.oneOf([0, 0xff, 0x7f, 0x80, random.below(256)]);
  return changed.fill(value, at, at + 1 + random.below(16));
}

function truncate(bytes: Uint8Array, random: Random): Uint8Array {
  return bytes.slice(0, random.below(bytes.length + 1));
}

function insert(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random.below(bytes.length + 1);
  return joined(bytes.subarray(0, at), random.bytes(1 + random.below(9)), bytes.subarray(at));
}

function remove(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random.below(bytes.length + 1);
  return joined(bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(9)));
}

function repeat(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random.below(bytes.length + 1);
  const part = bytes.subarray(at, at + 1 + random.below(40));
  return joined(bytes.subarray(0, at), part, part, bytes.subarray(at));
}

/** A number in place of what may be one. */
function number(bytes: Uint8Array, random: Random): Uint8Array {
  const at = random.below(Math.min(bytes.length, 64) + 1);
  return joined(bytes.subarray(0, at), hostileNumber(random), bytes.subarray(at + 1));
}

function splice(bytes: Uint8Array, random: Random): Uint8Array {
  const [a, b] = [random.below(bytes.length + 1), random.below(bytes.length + 1)];
  return joined(bytes.subarray(0, a), bytes.subarray(b));
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
