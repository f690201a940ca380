import { WeighbridgeError } from '@weighbridge/core/errors';
import { openDocument } from '@weighbridge/files-local/local-document';
import { replaceDocument } from '@weighbridge/journeys/replace-document';
import { nextTrust } from '@weighbridge/journeys/trust-series';
import type { ChainIdentity } from '@weighbridge/ports/chain';
import { canonicalTrust, parseTrust, type Trust, TRUST_MAX_BYTES } from '@weighbridge/verify/trust';
import { join } from 'node:path';
import type { Context } from './context.js';
import { readHomeTrust, WITNESS_KEY } from './embedded-chain.js';
import { requireKey } from './key-names.js';

/** The home folder's trust file. @throws UNTRUSTED when there is none */
export async function requireHomeTrust(context: Context): Promise<Trust> {
  const trust = await readHomeTrust(context);
  if (trust !== undefined) return trust;
  throw new WeighbridgeError('UNTRUSTED', `this device trusts nothing yet: there is no ${context.home.trust}`, {
    hint: "give --trust FILE, or import the publisher's: weighbridge trust import FILE",
  });
}

/** Lets this home's trust file cover a namespace that was claimed here. One that somebody else gave is left alone. */
export async function trustNamespace(context: Context, identity: ChainIdentity, namespace: string): Promise<void> {
  const { address } = await requireKey(context, WITNESS_KEY);
  const present = await readHomeTrust(context);
  const isOurs = present === undefined || (present.witnesses.length === 1 && present.witnesses[0] === address);
  const models = new Set([...(present?.models ?? []), `${namespace}/*`]);
  if (!isOurs || (present !== undefined && present.models.length === models.size)) return;
  const next = nextTrust(
    await readLastExport(context),
    { identity, models: [...models], witnesses: [address] },
    context.nowSeconds,
  );
  await replaceDocument(openDocument(context.home.trust), canonicalTrust(next));
}

/** The trust file that this home exported last; its version counts on from there. */
export async function readLastExport(context: Context): Promise<Trust | undefined> {
  const bytes = await lastExportDocument(context).read(TRUST_MAX_BYTES);
  return bytes === undefined ? undefined : parseTrust(bytes);
}

export function lastExportDocument(context: Context) {
  return openDocument(join(context.home.journal, 'trust-export.json'));
}
