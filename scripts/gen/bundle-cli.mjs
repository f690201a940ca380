// Bundles what every command loads into packages/cli/dist/bundle: one file a lazy part instead of a hundred modules,
// which halves the CPU that a small verification costs. What only some commands need stays outside: chain and keys.
import { copyFile, rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
const outdir = `${root}packages/cli/dist/bundle`;

await rm(outdir, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: ['packages/cli/src/main.ts'],
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  conditions: ['@weighbridge/source'],
  external: [
    '@weighbridge/chain-evm/*',
    '@weighbridge/keys-local/*',
    '@weighbridge/channel-*',
    '@weighbridge/index-sql/*',
    '@weighbridge/queue-*',
    '@weighbridge/service-kit/*',
    '@weighbridge/attestation/*',
    '@weighbridge/distributor/*',
    '@weighbridge/hashing-worker/*',
    '@weighbridge/ota-builder/*',
    'yaml',
  ],
  // commander is CommonJS and asks for node: modules by require.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  logLevel: 'warning',
});
// The engine finds its worker beside the file that it stands in.
await copyFile(`${root}packages/keccak/src/digest-worker.js`, `${outdir}/digest-worker.js`);
