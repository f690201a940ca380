import artifact from '@weighbridge/contracts/abi/ReleaseRegistry.json' with { type: 'json' };
import type { Address } from '@weighbridge/core/brands';
import { fromHex, toHex } from '@weighbridge/core/hex';
import type { ChainIdentity } from '@weighbridge/ports/chain';
import { keccak256 } from '@weighbridge/verify/keccak256';

/** On these anybody can be anybody. */
const DEVELOPMENT_CHAINS: ReadonlySet<number> = new Set([31337, 1337]);

/** Where the registry lies on every chain: deployed through the deterministic factory with our init code. */
export const REGISTRY_ADDRESS = artifact.create2.address as Address;

/** The registry's runtime code on a chain: our artifact's, its two immutables filled in. */
export function registryCode(chainId: number, contract: Address): Uint8Array {
  const code = fromHex(artifact.deployedBytecode.slice(2));
  const { CHAIN_ID, SELF } = artifact.immutableReferences;
  for (const { start } of CHAIN_ID) code.set(word(chainId.toString(16)), start);
  for (const { start } of SELF) code.set(word(contract.slice(2).toLowerCase()), start);
  return code;
}

/** keccak-256 of the registry's runtime code, 64 lower-case hex digits; computed, never asked of a node. */
export function registryCodeHash(chainId: number, contract: Address = REGISTRY_ADDRESS): string {
  return toHex(keccak256(registryCode(chainId, contract)));
}

/** The registry on a chain, as our own artifact makes it. */
export function registryIdentity(chainId: number, contract: Address = REGISTRY_ADDRESS): ChainIdentity {
  return {
    chainId,
    contract,
    codeHash: registryCodeHash(chainId, contract),
    development: DEVELOPMENT_CHAINS.has(chainId),
  };
}

function word(hex: string): Uint8Array {
  return fromHex(hex.padStart(64, '0'));
}
