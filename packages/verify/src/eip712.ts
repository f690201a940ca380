import type { Address } from '@weighbridge/core/brands';
import { keccak256, keccakText } from './keccak256.js';
import { addressWord, wordOf } from './words.js';

/** EIP-712 domain: what ties a signature to one purpose on one contract of one chain. */
export interface TypedDataDomain {
  readonly name: string;
  /** '1' when absent. */
  readonly version?: string;
  readonly chainId: number;
  readonly verifyingContract: Address;
}

/** The registry of one chain, as signatures name it. */
export interface Registry {
  readonly chainId: number;
  readonly contract: Address;
}

const DOMAIN_TYPE = 'EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)';
const PREFIX = Uint8Array.of(0x19, 0x01);

/** What a key signs: keccak256(0x19 0x01 ‖ domain separator ‖ struct hash), 32 bytes. */
export function typedDataDigest(domain: TypedDataDomain, structHash: Uint8Array): Uint8Array {
  return keccak256(PREFIX, domainSeparator(domain), structHash);
}

/**
 * EIP-712 hashStruct.
 * @param type the struct's full type text, for example `Trust(bytes32 digest)`
 * @param words its members in order, 32 bytes each
 */
export function structHash(type: string, ...words: readonly Uint8Array[]): Uint8Array {
  if (words.some((word) => word.length !== 32)) throw new RangeError('a member of a struct is a word of 32 bytes');
  return keccak256(keccakText(type), ...words);
}

function domainSeparator({ name, version = '1', chainId, verifyingContract }: TypedDataDomain): Uint8Array {
  return structHash(
    DOMAIN_TYPE,
    keccakText(name),
    keccakText(version),
    wordOf(chainId),
    addressWord(verifyingContract),
  );
}
