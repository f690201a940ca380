import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// Without `import`: Vitest hands these to Node, where a CommonJS package would then be given an ES module.
const conditions = ['@weighbridge/source', 'node', 'default'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    retry: 0,
    setupFiles: [fileURLToPath(new URL('test/support/property-seed.ts', import.meta.url))],
    passWithNoTests: false,
    testTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{packages,services}/**/src/**/*.test.ts'],
          exclude: ['**/*.contract.test.ts', '**/node_modules/**'],
        },
      },
      {
        extends: true,
        test: { name: 'contract', include: ['packages/**/src/**/*.contract.test.ts'], testTimeout: 60_000 },
      },
      {
        extends: true,
        test: { name: 'vectors', include: ['test/vectors/**/*.test.ts'] },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          globalSetup: 'test/support/prepared-world.ts',
          maxWorkers: 2,
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'journeys',
          include: ['test/journeys/**/*.test.ts'],
          globalSetup: 'test/support/prepared-world.ts',
          maxWorkers: 2,
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'faults',
          include: ['test/faults/**/*.test.ts'],
          globalSetup: 'test/support/prepared-world.ts',
          maxWorkers: 1,
          testTimeout: 3_600_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
