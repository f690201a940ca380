import { FakeReleaseIndex } from './fake-release-index.js';
import { releaseIndexSuite } from './release-index-suite.js';

releaseIndexSuite('in memory', async () => {
  const index = new FakeReleaseIndex();
  return { index, reopen: async () => index, dispose: async () => {} };
});
