import { FakeKeyStore } from './fake-key-store.js';
import { keyStoreSuite } from './key-store-suite.js';

keyStoreSuite('fake', async () => {
  const store = new FakeKeyStore();
  return {
    store,
    reopen: async (passphrase = 'right') => {
      store.passphrase = passphrase === 'missing' ? undefined : passphrase;
      return store;
    },
    damage: async (name) => store.damage(name),
    dispose: async () => {},
  };
});
