import { channelSuite } from '@weighbridge/ports/testing/channel-suite';
import { expect, test } from 'vitest';
import { kuboApi, kuboPlace } from './testing/kubo-place.js';
import { realKuboTests } from './testing/real-kubo-tests.js';

const api = kuboApi();

if (api !== undefined) {
  channelSuite('a Kubo node', () => kuboPlace(api), {
    faults: ['flipped', 'cut', 'longer', 'emptied', 'missing'],
    waits: false,
    network: true,
    heals: 'next time',
  });
  realKuboTests(api);
} else {
  test('a Kubo node is asked for by name', () => expect(kuboApi()).toBeUndefined());
}
