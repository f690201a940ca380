import { Readable } from 'node:stream';
import { CHUNK_BYTES } from '@weighbridge/core/tree';
import { channelRelease, listed, publishRelease } from '@weighbridge/ports/testing/channel-release';
import { describe, expect, test } from 'vitest';
import { createIpfsChannel } from '../ipfs-channel.js';
import { createKuboChannel } from '../kubo-channel.js';
import { pinned, rpc } from './kubo-place.js';
import { storePlace, testEngine } from './store-place.js';

const RELEASE = channelRelease('9.0.0', 9);
const MODEL = listed(RELEASE, 'model.bin');

/** What a real node does, beside the suite. */
export function realKuboTests(api: string): void {
  describe('a real Kubo', () => {
    test('finds the same root as blocks as files do, and lists the same folder', async () => {
      const place = await storePlace();
      const kubo = createKuboChannel({ api, engine: testEngine });
      const ours = await publishRelease(createIpfsChannel({ folder: place.folder, engine: testEngine }), RELEASE);
      const theirs = await publishRelease(kubo, RELEASE);
      expect(theirs.root).toBe(ours.root);
      expect(await rpc(api, 'cat', `arg=/ipfs/${ours.root}/sub/ä.txt`)).toBe('a name beyond ASCII');
      expect(await rpc(api, 'cat', `arg=/ipfs/${ours.root}/.weighbridge/manifest.json`)).toBe(
        new TextDecoder().decode(RELEASE.canonical),
      );
      expect(await pinned(api)).toContain(ours.root);
      await kubo.close();
      await place.dispose();
    });

    test('half an upload is pinned nowhere', async () => {
      const kubo = createKuboChannel({ api, engine: testEngine });
      const before = await pinned(api);
      const publication = await kubo.publish(RELEASE.ref);
      const sink = await publication.add(MODEL.path, MODEL.size);
      await sink.write(RELEASE.files.get('model.bin')!.slice(0, CHUNK_BYTES));
      await publication.abandon();
      expect(await pinned(api)).toEqual(before);
      await kubo.close();
    });

    test('takes half a file for a whole one when its body ends without the boundary: why uploads are torn', async () => {
      const body = '--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\nhalf';
      const response = await fetch(`${api}/api/v0/add?cid-version=1&pin=false&quieter=true`, {
        method: 'POST',
        headers: { 'content-type': 'multipart/form-data; boundary=b' },
        body: Readable.toWeb(Readable.from([Buffer.from(body)])) as ReadableStream,
        duplex: 'half',
      } as RequestInit);
      expect(response.status).toBe(200);
      expect(await response.json()).toMatchObject({ Hash: expect.stringMatching(/^baf/) });
    });
  });
}
