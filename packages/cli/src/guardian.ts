import type { ReleaseRef } from '@weighbridge/core/names';
import { requireNamespace, requireRelease } from '@weighbridge/journeys/find-release';
import type { Chain } from '@weighbridge/ports/chain';
import type { Signer } from '@weighbridge/ports/signer';
import type { Context } from './context.js';
import { signerOf } from './key-names.js';
import { usage } from './usage.js';

/** The key that `--as` names, else the guardian's if it is here. @throws USAGE */
export async function guardianOf(
  context: Context,
  chain: Chain,
  ref: ReleaseRef,
  as: string | undefined,
): Promise<Signer> {
  if (as !== undefined) return signerOf(context, as);
  await requireRelease(chain, ref);
  const { guardian } = await requireNamespace(chain, ref.namespace);
  const key = (await context.keys.list()).find(({ address }) => address === guardian);
  if (key !== undefined) return context.keys.unlock(key.name);
  throw usage(`the guardian's key ${guardian} is not in this home folder`, 'run this where it lies');
}
