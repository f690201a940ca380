import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chainSuite } from '@weighbridge/ports/testing/chain-suite';
import { testSigner } from '@weighbridge/ports/testing/test-signer';
import { openEmbeddedChain } from './embedded-chain.js';

// hundreds of writes, whose durability is the subject of other tests: in memory where the machine has such a place
const place = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

chainSuite('embedded', async () => {
  const home = await mkdtemp(join(place, 'weighbridge-chain-'));
  // all that the suite may ask for, named by number: an embedded chain gives money when it is opened
  const signers = Array.from({ length: 200 }, (_, index) => testSigner(`chain suite ${index}`));
  const chain = await openEmbeddedChain({
    folder: join(home, 'chain'),
    journalFolder: join(home, 'journal'),
    writable: true,
    fund: signers.map(({ address }) => address),
  });
  return {
    chain,
    signer: async () => signers.pop()!,
    now: async () => Math.floor(Date.now() / 1000),
    disconnect: () => chain.close(),
    dispose: async () => {
      await chain.close();
      await rm(home, { recursive: true });
    },
  };
});
