import { channelSuite } from '@weighbridge/ports/testing/channel-suite';
import { storePlace } from './testing/store-place.js';

channelSuite('bare repositories with an LFS store', () => storePlace(), {
  faults: ['flipped', 'cut', 'longer', 'emptied', 'missing', 'symlink', 'FIFO'],
  waits: true,
  network: false,
});
