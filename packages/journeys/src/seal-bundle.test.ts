import type { Version } from '@weighbridge/core/brands';
import { releaseRef } from '@weighbridge/core/names';
import { parseBundle } from '@weighbridge/verify/bundle';
import { decideClaim } from '@weighbridge/verify/verdict';
import { beforeEach, describe, expect, it } from 'vitest';
import { sealBundle } from './seal-bundle.js';
import { approvedHouse, type House, MODEL, REF, witness } from './testing/house.js';
import { nextTrust } from './trust-series.js';

let house: House;
let manifest: Uint8Array;
let now: number;

beforeEach(async () => {
  house = await approvedHouse();
  now = house.chain.clock.nowSeconds() + 10;
  [manifest] = house.releases.manifests.values() as unknown as [Uint8Array];
});

function seal(manifestAtHand?: Uint8Array, ref = REF) {
  return sealBundle({ ...house.doors, manifestAtHand, witness, nowSeconds: now }, ref, 3600);
}

describe('sealBundle', () => {
  it('seals what a device with this witness accepts', async () => {
    const { bytes, checkpoint } = await seal();
    const bundle = parseBundle(bytes);
    expect(bundle).toMatchObject({ ref: REF, checkpoint });
    const content = { identity: house.chain.identity, models: [MODEL], witnesses: [witness.address] };
    const trust = nextTrust(undefined, content, now);
    const decision = decideClaim({ trust, bundle, wanted: REF, deviceState: 'unused', hostSeconds: now });
    expect(decision).toMatchObject({
      accepted: true,
      claim: { status: 'approved', maxAgeSeconds: 3600, issuedAt: now },
    });
  });

  it('takes the manifest beside the weights where the home has none', async () => {
    house.releases.manifests.clear();
    expect(parseBundle((await seal(manifest)).bytes).manifestBytes).toEqual(manifest);
  });

  it('a manifest at hand with another digest is as good as none: UNVERIFIABLE', async () => {
    house.releases.manifests.clear();
    const forged = Buffer.from(Buffer.from(manifest).toString().replace('MIT', 'ISC'));
    await expect(seal(forged)).rejects.toMatchObject({ code: 'UNVERIFIABLE' });
    await expect(seal()).rejects.toMatchObject({ code: 'UNVERIFIABLE' });
  });

  it('an unknown release is UNVERIFIABLE', async () => {
    await expect(seal(manifest, releaseRef(MODEL, '9.9.9' as Version))).rejects.toMatchObject({ code: 'UNVERIFIABLE' });
  });

  it('an unreachable chain is UNVERIFIABLE, whatever lies here', async () => {
    house.chain.unreachable = true;
    await expect(seal(manifest)).rejects.toMatchObject({ code: 'UNVERIFIABLE' });
  });
});
