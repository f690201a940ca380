import type { Address } from '@weighbridge/core/brands';
import { toHex } from '@weighbridge/core/hex';
import type { ChainIdentity } from '@weighbridge/ports/chain';
import { canonicalTrust, DEFAULT_MAX_AGE_SECONDS, type Trust } from '@weighbridge/verify/trust';

export interface TrustContent {
  readonly identity: ChainIdentity;
  /** `ns/name` or `ns/*`. */
  readonly models: readonly string[];
  readonly witnesses: readonly Address[];
}

/**
 * The trust file of this content in a home's series: the last one again when it says the same, else the next version.
 * @param last the trust file that this home exported last
 * @param nowSeconds issue time of a new version
 */
export function nextTrust(last: Trust | undefined, content: TrustContent, nowSeconds: number): Trust {
  const first = trustOf(content, 1, nowSeconds);
  if (last === undefined) return first;
  const same = trustOf(content, last.version, last.issuedAt);
  return toHex(canonicalTrust(same)) === toHex(canonicalTrust(last)) ? last : { ...first, version: last.version + 1 };
}

function trustOf({ identity, models, witnesses }: TrustContent, version: number, issuedAt: number): Trust {
  const { chainId, contract, codeHash } = identity;
  return {
    version,
    issuedAt,
    chainId,
    contract,
    codeHash,
    models: [...new Set(models)].sort(),
    anchors: ['witness'],
    witnesses: [...witnesses].sort(),
    threshold: 1,
    rpcQuorum: 0,
    maxAgeSeconds: DEFAULT_MAX_AGE_SECONDS,
    requireClock: false,
    rootKeys: [],
    rootThreshold: 0,
    signatures: [],
  };
}
