import artifact from '@weighbridge/contracts/abi/ReleaseRegistry.json' with { type: 'json' };
import type { Address, Digest } from '@weighbridge/core/brands';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { fromHex, toHex } from '@weighbridge/core/hex';
import type { Interface } from 'ethers/abi';

/** ethers takes 0.1 s of CPU to load; nothing loads it that does not talk to a chain. */
export async function loadRegistryAbi(): Promise<Interface> {
  const { Interface } = await import('ethers/abi');
  return new Interface(artifact.abi);
}

/** The two words that a digest is kept in. */
export function digestWords(digest: Digest): readonly [string, string] {
  return [`0x${digest.slice(0, 64)}`, `0x${digest.slice(64)}`];
}

export function digestFromWords(high: unknown, low: unknown): Digest {
  return `${String(high).slice(2)}${String(low).slice(2)}` as Digest;
}

/** A role as the contract keeps it: UTF-8, padded with zeros on the right. @throws USAGE over 31 bytes */
export function roleWord(role: string): string {
  const bytes = new TextEncoder().encode(role);
  if (bytes.length <= 31) return `0x${toHex(bytes).padEnd(64, '0')}`;
  throw new WeighbridgeError(
    'USAGE',
    `the role ${JSON.stringify(role)} has ${bytes.length} bytes, at most 31 are possible`,
    {
      hint: 'use a short role, for example legal or security',
    },
  );
}

export function roleOfWord(word: string): string {
  const bytes = fromHex(word.slice(2).toLowerCase());
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(bytes.subarray(0, end === -1 ? bytes.length : end));
}

export function approverTuples(approvers: readonly { readonly key: Address; readonly role: string }[]): unknown[] {
  return approvers.map(({ key, role }) => [key, roleWord(role)]);
}
