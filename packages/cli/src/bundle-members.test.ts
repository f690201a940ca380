import { testKey } from '@weighbridge/verify/testing/keys';
import { makeWorld, WORLD_BLOCK_TIME } from '@weighbridge/verify/testing/world';
import { expect, test } from 'vitest';
import { bundleMembers } from './bundle-members.js';

test('issuedAt is the newest, maxAgeSeconds the smallest of the witnesses', () => {
  const signatures = [
    { by: testKey('w1'), issuedAt: WORLD_BLOCK_TIME + 1, maxAgeSeconds: 60 },
    { by: testKey('w2'), issuedAt: WORLD_BLOCK_TIME + 2, maxAgeSeconds: 90 },
  ];
  const { bundle, ref } = makeWorld({ witnesses: 2, signatures });
  const members = bundleMembers(bundle);
  expect(members).toMatchObject({
    release: ref.name,
    releaseDigest: bundle.releaseDigest,
    sizeBytes: bundle.sizeBytes,
  });
  expect(members).toMatchObject({ issuedAt: '2026-01-01T00:00:02Z', maxAgeSeconds: 60 });
  expect(members.witnesses).toContainEqual({
    witness: testKey('w2').address,
    issuedAt: '2026-01-01T00:00:02Z',
    maxAgeSeconds: 90,
  });
});

test('without signatures there is neither', () => {
  const { bundle } = makeWorld({ signatures: [] });
  expect(bundleMembers(bundle)).toMatchObject({ witnesses: [], issuedAt: null, maxAgeSeconds: null });
});
