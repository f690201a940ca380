import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { keyStoreSuite } from '@weighbridge/ports/testing/key-store-suite';
import { createKeyStore } from './local-key-store.js';

keyStoreSuite('encrypted files', async () => {
  const home = await mkdtemp(join(tmpdir(), 'weighbridge-keys-'));
  const folder = join(home, 'keys');
  const passphrases = {
    right: async () => 'right',
    wrong: async () => 'wrong',
    missing: async () => Promise.reject(new WeighbridgeError('USAGE', 'no passphrase', { hint: 'give one' })),
  };
  const open = async (passphrase: keyof typeof passphrases = 'right') =>
    createKeyStore({ folder, passphrase: passphrases[passphrase] });
  return {
    store: await open(),
    reopen: open,
    damage: (name) => writeFile(join(folder, `${name}.json`), '{"version":3}'),
    dispose: () => rm(home, { recursive: true }),
  };
});
