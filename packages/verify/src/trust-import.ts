import type { Address } from '@weighbridge/core/brands';
import { type Refused, refuse } from './refusal.js';
import { recoverAddress } from './signatures.js';
import { isDevelopmentChain, type Trust, trustDigest } from './trust.js';

export type TrustDecision =
  | {
      readonly accepted: true;
      /** trust-v1 §4.3: other witnesses vouch for the same registry; drop that chain's checkpoint numbers and time floor. */
      readonly witnessesDiffer: boolean;
    }
  | { readonly accepted: false; readonly refusal: Refused };

/**
 * trust-v1 §4.1: a trust file that a person imports.
 * @param present undefined when the device has none
 */
export function decideTrustImport(present: Trust | undefined, offered: Trust): TrustDecision {
  const refusal =
    present === undefined ? undefined : (developmentOverOther(present, offered) ?? olderThan(present, offered));
  return refusal === undefined
    ? { accepted: true, witnessesDiffer: witnessesDiffer(present, offered) }
    : { accepted: false, refusal };
}

/** trust-v1 §4.2: a trust file that comes without anybody who vouches for it, by an update for example. */
export function decideTrustUpdate(present: Trust, offered: Trust): TrustDecision {
  const refusal =
    developmentOverOther(present, offered) ??
    olderThan(present, offered) ??
    notNext(present, offered) ??
    badSignature(offered) ??
    tooFewRoots(present, offered, 'present') ??
    tooFewRoots(offered, offered, 'new');
  return refusal === undefined
    ? { accepted: true, witnessesDiffer: witnessesDiffer(present, offered) }
    : { accepted: false, refusal };
}

function developmentOverOther(present: Trust, offered: Trust): Refused | undefined {
  if (!isDevelopmentChain(offered.chainId) || present.chainId === offered.chainId) return undefined;
  return refuse(
    'USAGE',
    `the offered trust file is of the development chain ${offered.chainId}, the present one of chain ${present.chainId}`,
    'use another home folder for development; its trust file would let anybody approve anything here',
  );
}

function olderThan(present: Trust, offered: Trust): Refused | undefined {
  if (offered.version >= present.version) return undefined;
  return refuse(
    'ROLLBACK',
    `the offered trust file has version ${offered.version}, the present one has version ${present.version}`,
    'ask for the current trust file',
    { expected: String(present.version), found: String(offered.version) },
  );
}

function notNext(present: Trust, offered: Trust): Refused | undefined {
  if (offered.version === present.version + 1) return undefined;
  return refuse(
    'UNTRUSTED',
    `the offered trust file has version ${offered.version}, only version ${present.version + 1} may follow by itself`,
    'take the versions one after the other, or import the file by hand: weighbridge trust import FILE',
    { expected: String(present.version + 1), found: String(offered.version) },
  );
}

function badSignature(offered: Trust): Refused | undefined {
  const digest = trustDigest(offered);
  const bad = offered.signatures.find(({ key, signature }) => recoverAddress(digest, signature) !== key);
  if (bad === undefined) return undefined;
  return refuse(
    'UNTRUSTED',
    `the signature of ${bad.key} in the trust file is not of that key over this file`,
    'ask for the current trust file',
  );
}

function tooFewRoots(by: Trust, offered: Trust, which: string): Refused | undefined {
  const signers = offered.signatures.filter(({ key }) => by.rootKeys.includes(key)).length;
  if (by.rootThreshold > 0 && signers >= by.rootThreshold) return undefined;
  const needed =
    by.rootThreshold === 0 ? 'it has none, so that only a person may import one' : `${by.rootThreshold} are needed`;
  return refuse(
    'UNTRUSTED',
    `the offered trust file is signed by ${signers} root keys of the ${which} trust file; ${needed}`,
    'have it signed, or import it by hand: weighbridge trust import FILE',
  );
}

function witnessesDiffer(present: Trust | undefined, offered: Trust): boolean {
  return present !== undefined && text(present.witnesses) !== text(offered.witnesses);
}

function text(addresses: readonly Address[]): string {
  return addresses.join();
}
