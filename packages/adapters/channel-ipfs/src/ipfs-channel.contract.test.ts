import { channelSuite } from '@weighbridge/ports/testing/channel-suite';
import { storePlace } from './testing/store-place.js';

channelSuite('blocks as files', () => storePlace(), {
  faults: ['flipped', 'cut', 'longer', 'emptied', 'missing', 'symlink', 'FIFO'],
  waits: true,
  network: false,
});
