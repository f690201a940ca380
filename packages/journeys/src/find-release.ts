import type { Digest } from '@weighbridge/core/brands';
import { WeighbridgeError } from '@weighbridge/core/errors';
import type { ReleaseRef } from '@weighbridge/core/names';
import type { Chain, NamespaceRecord, ReleaseRecord } from '@weighbridge/ports/chain';

/** @throws UNVERIFIABLE when the chain has no such release */
export async function requireRelease(chain: Chain, ref: ReleaseRef): Promise<ReleaseRecord> {
  const record = await chain.release(ref);
  if (record !== undefined) return record;
  throw new WeighbridgeError('UNVERIFIABLE', `the chain has no release ${ref.name}`, {
    hint: 'check the spelling; `weighbridge list` shows what was registered here',
    details: { release: ref.name },
  });
}

/** @throws UNVERIFIABLE when nobody claimed it */
export async function requireNamespace(chain: Chain, namespace: string): Promise<NamespaceRecord> {
  const record = await chain.namespace(namespace);
  if (record !== undefined) return record;
  throw new WeighbridgeError('UNVERIFIABLE', `nobody claimed the namespace ${namespace}`, {
    hint: `claim it: weighbridge namespace claim ${namespace} --approver KEY=ROLE`,
  });
}

/** The manifest is what nobody but its publisher and the bundles have. */
export function absentManifest(ref: ReleaseRef, releaseDigest: Digest): WeighbridgeError {
  return new WeighbridgeError('UNVERIFIABLE', `the manifest of ${ref.name} is not in this home folder`, {
    hint: 'use the home folder that registered it, or a bundle',
    details: { release: ref.name, releaseDigest },
  });
}

export function revokedRelease(ref: ReleaseRef, what: string): WeighbridgeError {
  return new WeighbridgeError('REVOKED', `${ref.name} was revoked; ${what}`, {
    hint: `\`weighbridge show ${ref.name}\` says why; register a new version`,
    details: { release: ref.name },
  });
}
