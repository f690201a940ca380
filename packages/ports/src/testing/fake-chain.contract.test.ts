import { chainSuite } from './chain-suite.js';
import { FakeChain } from './fake-chain.js';
import { testSigner } from './test-signer.js';

chainSuite('fake', async () => {
  const chain = new FakeChain();
  let count = 0;
  return {
    chain,
    signer: async () => {
      count += 1;
      return testSigner(`fake chain ${count}`);
    },
    now: async () => chain.clock.nowSeconds(),
    disconnect: async () => {
      chain.unreachable = true;
    },
    dispose: async () => {},
  };
});
