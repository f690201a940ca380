import type { Address } from '@weighbridge/core/brands';
import { isName } from '@weighbridge/core/names';
import type { Signer } from '@weighbridge/ports/signer';
import type { StoredKey } from '@weighbridge/ports/key-store';
import { isAddress } from '@weighbridge/verify/signatures';
import type { Context } from './context.js';
import { usage } from './usage.js';

const ZERO_ADDRESS = `0x${'0'.repeat(40)}`;

/** The signer that `--as` names. @throws USAGE for a key that is not here */
export async function signerOf(context: Context, nameOrAddress: string): Promise<Signer> {
  const { name } = await requireKey(context, nameOrAddress);
  return context.keys.unlock(name);
}

/** @throws USAGE for a key that is not here */
export async function requireKey(context: Context, nameOrAddress: string): Promise<StoredKey> {
  const key = (await context.keys.list()).find(({ name, address }) => [name, address].includes(nameOrAddress));
  if (key !== undefined) return key;
  const newName = isAddress(nameOrAddress) ? 'NAME' : nameOrAddress;
  throw usage(
    `there is no key ${JSON.stringify(nameOrAddress)} in this home folder`,
    `make it with \`weighbridge key new ${newName}\`; \`weighbridge key list\` shows what is here`,
  );
}

/**
 * A name for a key. What reads like an address is none: in another spelling it would pass for an address everywhere.
 * @throws USAGE
 */
export function requireKeyName(text: string, flag: string): void {
  if (isName(text) && !/^(0x)?[0-9a-f]{40}$/i.test(text)) return;
  throw usage(
    `${flag} ${JSON.stringify(text)} is no name of a key`,
    'use lower-case letters, digits, ".", "_" and "-", beginning and ending with a letter or digit',
  );
}

/** The name of a key, or an address where only the public half is needed. @throws USAGE */
export function requireKeyWord(text: string, flag: string): void {
  if (text === ZERO_ADDRESS) throw usage(`${flag}: nobody has the zero address`, 'name a key or its address');
  if (!isAddress(text)) requireKeyName(text, flag);
}

/** The address that a key name or an address stands for. @throws USAGE for a name that is not here */
export async function addressOfKey(context: Context, nameOrAddress: string): Promise<Address> {
  return isAddress(nameOrAddress) ? nameOrAddress : (await requireKey(context, nameOrAddress)).address;
}

/** The address that a key name or an address stands for; an absent name is made, on the embedded chain alone. */
export async function addressOrNewKey(context: Context, nameOrAddress: string): Promise<Address> {
  if (isAddress(nameOrAddress)) return nameOrAddress;
  const known = (await context.keys.list()).find(({ name }) => name === nameOrAddress);
  return (known ?? (await context.keys.create(nameOrAddress))).address;
}

/** Names of the addresses that are keys here. */
export async function namesByAddress(context: Context): Promise<ReadonlyMap<string, string>> {
  return new Map((await context.keys.list()).map(({ name, address }) => [address, name]));
}

/** Adds the name of each key that is here. */
export function withNames<K extends { readonly key: string }>(
  names: ReadonlyMap<string, string>,
  keys: readonly K[],
): (K & { readonly name?: string })[] {
  return keys.map((entry) => {
    const name = names.get(entry.key);
    return name === undefined ? entry : { ...entry, name };
  });
}
