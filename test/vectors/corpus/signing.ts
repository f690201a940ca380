import { keccak256, keccakText } from '@weighbridge/verify/keccak256';
import type { TestKey } from '@weighbridge/verify/testing/keys';
import { base64 } from './canonical.js';

/** An EIP-712 domain, with every member that a signature could have been made for. */
export interface Domain {
  readonly name: string;
  readonly version: string;
  readonly chainId: number;
  readonly contract: string;
}

export type Word = Uint8Array;

export const CHAIN_ID = 11_155_111;
export const CONTRACT = '0x5FbDB2315678afecb367f032d93F642f64180aa3';

export function domain(name: string, members: Partial<Domain> = {}): Domain {
  return { name, version: '1', chainId: CHAIN_ID, contract: CONTRACT, ...members };
}

/** EIP-712 once more, straight from its text: base64 of r ‖ s ‖ v. */
export function sign(
  key: TestKey,
  { name, version, chainId, contract }: Domain,
  type: string,
  words: readonly Word[],
): string {
  const separator = keccak256(
    keccakText('EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)'),
    keccakText(name),
    keccakText(version),
    word(chainId),
    addressWord(contract),
  );
  const struct = keccak256(keccakText(type), ...words);
  return base64(key.sign(keccak256(Uint8Array.of(0x19, 1), separator, struct)));
}

/** A number as 32 bytes, big-endian. */
export function word(value: number | bigint): Word {
  return bytes(value.toString(16).padStart(64, '0'));
}

export function addressWord(address: string): Word {
  return bytes(address.slice(2).toLowerCase().padStart(64, '0'));
}

export function bytes(hex: string): Uint8Array {
  return new Uint8Array(Buffer.from(hex, 'hex'));
}

/** Changes one bit of a base64 text's bytes. */
export function flipped(text: string, byte: number, bit = 0): string {
  const raw = Buffer.from(text, 'base64');
  raw[byte]! ^= 1 << bit;
  return raw.toString('base64');
}
