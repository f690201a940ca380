import { fromHex } from '@weighbridge/core/hex';
import { type JsonRpc, senselessAnswer } from './json-rpc.js';

const QUANTITY = /^0x[0-9a-fA-F]{1,64}$/;
const DATA = /^0x(?:[0-9a-fA-F]{2})*$/;

/** Unsigned integer of an answer. @throws UNVERIFIABLE */
export function readQuantity(rpc: JsonRpc, value: unknown, what: string): bigint {
  if (typeof value === 'string' && QUANTITY.test(value)) return BigInt(value);
  throw senselessAnswer(rpc, `gives no number as ${what}`);
}

/** As `readQuantity`, below 2^53. */
export function readInteger(rpc: JsonRpc, value: unknown, what: string): number {
  const integer = Number(readQuantity(rpc, value, what));
  if (Number.isSafeInteger(integer)) return integer;
  throw senselessAnswer(rpc, `gives a number beyond 2^53 as ${what}`);
}

export function isData(value: unknown): value is string {
  return typeof value === 'string' && DATA.test(value);
}

/** Bytes of an answer. @throws UNVERIFIABLE */
export function readData(rpc: JsonRpc, value: unknown, what: string, length?: number): Uint8Array {
  if (isData(value) && (length === undefined || value.length === 2 + 2 * length)) {
    return fromHex(value.slice(2).toLowerCase());
  }
  throw senselessAnswer(rpc, `gives no bytes as ${what}`);
}

/** A 32-byte hash as 64 lower-case digits. @throws UNVERIFIABLE */
export function readHash(rpc: JsonRpc, value: unknown, what: string): string {
  if (isData(value) && value.length === 66) return value.slice(2).toLowerCase();
  throw senselessAnswer(rpc, `gives no hash as ${what}`);
}

export function readObject(rpc: JsonRpc, value: unknown, what: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw senselessAnswer(rpc, `gives no object as ${what}`);
}

export function readList(rpc: JsonRpc, value: unknown, what: string, most: number): readonly unknown[] {
  if (Array.isArray(value) && value.length <= most) return value;
  throw senselessAnswer(rpc, `gives no list of at most ${most} items as ${what}`);
}

export function toQuantity(value: number | bigint): string {
  return `0x${value.toString(16)}`;
}
