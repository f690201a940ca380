import type { Trust } from '@weighbridge/verify/trust';

/** Members of the JSON answer about a trust file. */
export function trustMembers({ version, models, chainId, contract, anchors, witnesses, threshold }: Trust) {
  return { version, models, chainId, contract, anchors, witnesses, threshold };
}
