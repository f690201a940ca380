import type { Address } from '@weighbridge/core/brands';
import { WeighbridgeError } from '@weighbridge/core/errors';
import type { Signer } from '@weighbridge/ports/signer';
import type { StoredKey } from '@weighbridge/ports/key-store';
import { isAddress } from '@weighbridge/verify/signatures';
import type { Context } from './context.js';

/** The signer that `--as` names. @throws USAGE for a key that is not here */
export async function signerOf(context: Context, name: string): Promise<Signer> {
  await requireKey(context, name);
  return context.keys.unlock(name);
}

export async function requireKey(context: Context, name: string): Promise<StoredKey> {
  const keys = await context.keys.list();
  const key = keys.find((candidate) => candidate.name === name || candidate.address === name);
  if (key !== undefined) return key;
  throw new WeighbridgeError('USAGE', `there is no key ${JSON.stringify(name)} in this home folder`, {
    hint: `make it with \`weighbridge key new ${isAddress(name) ? 'NAME' : name}\`; \`weighbridge key list\` shows what is here`,
  });
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
