// Builds the offline verifier as one file, packages/verify/dist/offline-verifier.mjs, and prints its size.
// Fails when anything is in it that touches a file or a socket, or that a device should not have to carry.
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
const outfile = 'packages/verify/dist/offline-verifier.mjs';
/** The one module of Node.js that it may load: SHA3-512. */
const ALLOWED_BUILT_INS = new Set(['node:crypto', 'crypto']);
const ALLOWED_LIBRARIES = /^@noble\/(?:curves|hashes)\//;
const isForeign = (path) =>
  path.includes('node_modules/') && !ALLOWED_LIBRARIES.test(path.split('node_modules/').at(-1));

const { metafile, outputFiles } = await build({
  absWorkingDir: root,
  entryPoints: ['packages/verify/src/offline.ts'],
  outfile,
  bundle: true,
  minify: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  conditions: ['@weighbridge/source'],
  metafile: true,
  write: false,
  logLevel: 'warning',
});

const [output] = Object.values(metafile.outputs);
const builtIns = output.imports.map(({ path }) => path);
const forbidden = [
  ...builtIns.filter((path) => !ALLOWED_BUILT_INS.has(path)),
  ...Object.keys(metafile.inputs).filter((path) => isForeign(path) || path.includes('/testing/')),
];
if (forbidden.length > 0) {
  console.error(`the offline verifier must not hold:\n${forbidden.join('\n')}`);
  process.exit(1);
}
if (Object.keys(metafile.inputs).length < 20) throw new Error('the offline verifier has too few modules to be whole');

await mkdir(new URL('../../packages/verify/dist/', import.meta.url), { recursive: true });
await writeFile(`${root}${outfile}`, outputFiles[0].contents);
const kb = (bytes) => `${(bytes / 1000).toFixed(1)} kB`;
const { contents } = outputFiles[0];
console.log(
  `${outfile}: ${kb(contents.length)}, gzip ${kb(gzipSync(contents).length)}, built-in modules: ${builtIns.join(', ') || 'none'}`,
);
if (process.argv.includes('--inputs')) {
  const inputs = Object.entries(output.inputs).sort(([, a], [, b]) => b.bytesInOutput - a.bytesInOutput);
  for (const [path, { bytesInOutput }] of inputs) console.log(`${String(bytesInOutput).padStart(8)} ${path}`);
}
