import { WeighbridgeError } from '@weighbridge/core/errors';
import type { ReleaseRef } from '@weighbridge/core/names';
import type { Chain, Reason } from '@weighbridge/ports/chain';
import type { Signer } from '@weighbridge/ports/signer';
import { requireNamespace, requireRelease, revokedRelease } from './find-release.js';

/** Revokes a release for good. Revoking it again is success and changes nothing. */
export async function revoke(
  chain: Chain,
  ref: ReleaseRef,
  reason: Reason,
  text: string,
  guardian: Signer,
): Promise<void> {
  const record = await requireRelease(chain, ref);
  await requireGuardian(chain, ref, guardian);
  if (record.status === 'revoked') return;
  await chain.revoke(ref, reason, text, guardian);
}

/**
 * Raises the model's minAllowed to a release. One at or below it already is success and changes nothing.
 * @throws NOT_APPROVED for a pending release, REVOKED for a revoked one
 */
export async function requireVersion(chain: Chain, ref: ReleaseRef, guardian: Signer): Promise<void> {
  const record = await requireRelease(chain, ref);
  await requireGuardian(chain, ref, guardian);
  if (record.status === 'revoked') throw revokedRelease(ref, 'devices cannot be required to run it');
  if (record.status === 'pending') {
    throw new WeighbridgeError('NOT_APPROVED', `${ref.name} is pending; only an approved release can be required`, {
      hint: `approve it first: weighbridge approve ${ref.name}`,
      details: { release: ref.name },
    });
  }
  const { minAllowed } = await chain.model(ref.model);
  if (record.versionCode > minAllowed) await chain.requireVersion(ref.model, record.versionCode, guardian);
}

async function requireGuardian(chain: Chain, ref: ReleaseRef, key: Signer): Promise<void> {
  const { guardian } = await requireNamespace(chain, ref.namespace);
  if (guardian === key.address) return;
  throw new WeighbridgeError('UNTRUSTED', `${key.address} is not the guardian of ${ref.namespace}`, {
    hint: `sign with the key of ${guardian} (--as)`,
    details: { release: ref.name },
  });
}
