import { documentSuite } from './document-suite.js';
import { FakeDocument } from './fake-document.js';

documentSuite('in memory', async () => {
  const document = new FakeDocument();
  return {
    document,
    put: async (bytes) => {
      document.bytes = bytes;
    },
    remove: async () => {
      document.bytes = undefined;
    },
    obstruct: async (kind) => {
      document.obstacle = kind;
    },
    makeReadOnly: async () => {
      document.isReadOnly = true;
    },
    makeUnreadable: async () => {
      document.isUnreadable = true;
    },
    neighbors: async () => [],
    withoutRoot: (task) => task(),
    dispose: async () => {},
  };
});
