import type { Digest, RelativePath } from '@weighbridge/core/brands';
import { FakeChannel } from '@weighbridge/ports/testing/fake-channel';
import { FakeReleaseFolder } from '@weighbridge/ports/testing/fake-release-folder';
import { describe, expect, it } from 'vitest';
import { publishPackage } from './publish-package.js';
import { FakeEngine } from './testing/fake-engine.js';
import { MODEL, SILENT } from './testing/house.js';

const DIGEST = 'ab'.repeat(64) as Digest;
const path = `${DIGEST}.wbdelta` as RelativePath;
const order = { packageDigest: DIGEST, model: MODEL, versionCode: 2, path };
const doors = () => ({ engine: new FakeEngine(), progress: SILENT, signal: new AbortController().signal });

describe('publishPackage', () => {
  it('publishes the one file under the model, the same again as the same', async () => {
    const channel = new FakeChannel('git-lfs');
    const folder = new FakeReleaseFolder({ [path]: 'package', other: 'x' });
    const receipt = await publishPackage(doors(), channel, { ...order, folder });
    expect(receipt).toMatchObject({ channel: 'git-lfs', cid: expect.stringMatching(/^baf/) });
    const [kept] = [...channel.releases.values()];
    expect(kept!.receipt.ref.name).toBe(`${MODEL}@delta-${DIGEST.slice(0, 56)}`);
    expect(kept!.chunks.size).toBe(1);
    expect(await publishPackage(doors(), channel, { ...order, folder })).toEqual(receipt);
    expect(channel.releases.size).toBe(1);
    expect(channel.waiting.size).toBe(0);
  });

  it('leaves nothing waiting in a channel when it fails', async () => {
    const channel = new FakeChannel('ipfs');
    const engine = new FakeEngine();
    engine.digestAll = async () => {
      throw new Error('broken');
    };
    const folder = new FakeReleaseFolder({ [path]: 'package' });
    await expect(publishPackage({ ...doors(), engine }, channel, { ...order, folder })).rejects.toThrow('broken');
    expect(channel.waiting.size).toBe(0);
    expect(channel.releases.size).toBe(0);
  });
});
