import type { Address, Digest } from '@weighbridge/core/brands';
import type { ReleaseDescription } from '@weighbridge/journeys/describe-release';
import { expect, test } from 'vitest';
import { releaseLines, releaseMembers } from './release-members.js';
import { outsider, REF } from './testing/house.js';

const [A, B] = [outsider.address, '0x5FbDB2315678afecb367f032d93F642f64180aa3' as Address];
const DESCRIPTION: ReleaseDescription = {
  ref: REF,
  releaseDigest: 'd'.repeat(128) as Digest,
  contentDigest: null,
  status: 'revoked',
  reason: 'leaked',
  versionCode: 7,
  approvals: [
    { key: A, role: 'legal', at: '2027-01-15T08:00:03Z' },
    { key: B, role: 'security', at: null },
  ],
  threshold: 2,
};

const members = releaseMembers(DESCRIPTION, new Map([[A, 'alice']]), ['ipfs']);

test('has the members of the contract, the release as its name', () => {
  const { ref, ...rest } = DESCRIPTION;
  const [first, second] = DESCRIPTION.approvals;
  expect(members).toEqual({
    ...rest,
    release: ref.name,
    approvals: [{ ...first, name: 'alice' }, second],
    channels: ['ipfs'],
  });
});

test('says in lines what it knows', () => {
  expect(releaseLines(members)).toEqual([
    `release         ${REF.name}`,
    'status          revoked: leaked',
    'version code    7',
    `release digest  ${'d'.repeat(128)}`,
    'content digest  unknown: the manifest is not here',
    'channels        ipfs',
    'approvals       2 of 2 needed',
    `  ${A}  legal  alice  2027-01-15T08:00:03Z`,
    `  ${B}  security`,
  ]);
});
