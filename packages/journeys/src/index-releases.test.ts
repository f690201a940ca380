import { FakeChannel } from '@weighbridge/ports/testing/fake-channel';
import { expect, it } from 'vitest';
import { indexedRelease, indexedReleases } from './index-releases.js';
import { approvedHouse, claimedHouse, orderOf, publisher, REF } from './testing/house.js';
import { prepareRelease } from './register.js';

it('rows say what chain, manifests and channels say', async () => {
  const house = await claimedHouse();
  house.channels = [new FakeChannel('ipfs')];
  await house.register();
  await house.approveAll();
  house.folder.put('config.json', '{"a":1}');
  await house.register('1.1.0');
  const rows = await indexedReleases(house.doors);
  expect(rows).toMatchObject([
    { release: 'acme/pilot-llm@1.0.0', version: '1.0.0', status: 'approved', files: 2, bytes: 9, channels: ['ipfs'] },
    { release: 'acme/pilot-llm@1.1.0', versionCode: 2, status: 'pending', approvals: [], files: 2, bytes: 14 },
  ]);
  expect(await indexedRelease(house.doors, REF)).toEqual(rows[0]);
});

it('a manifest that was never registered is no row; a release whose manifest is lost has one without files', async () => {
  const house = await approvedHouse();
  house.folder.put('config.json', '{"b":1}');
  const { releaseDigest, canonical } = await prepareRelease(house.doors, orderOf('9.0.0'), publisher.address);
  await house.releases.putManifest(releaseDigest, canonical);
  expect((await indexedReleases(house.doors)).map(({ release }) => release)).toEqual([REF.name]);
  house.releases.manifests.clear();
  expect(await indexedReleases(house.doors)).toEqual([]);
  expect(await indexedRelease(house.doors, REF)).toMatchObject({ contentDigest: null, files: 0, bytes: 0 });
});
