// Writes the generated files of test/vectors; with --check it writes nothing and fails where a file is stale or left over.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
const corpus = join(root, 'test/vectors');
const built = join(root, '.cache/build-corpus.mjs');

await build({
  absWorkingDir: root,
  entryPoints: ['test/vectors/corpus/build-corpus.ts'],
  outfile: built,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  conditions: ['@weighbridge/source'],
  define: { 'import.meta.url': JSON.stringify(new URL('../../test/support/golden-stream.ts', import.meta.url).href) },
  logLevel: 'warning',
});
const { buildFiles, isCaptured } = await import(built);
rmSync(built, { force: true });
const made = buildFiles();

const stale = [...made].filter(([path, bytes]) => !existsSync(at(path)) || !readFileSync(at(path)).equals(bytes));
const surplus = generatedFolders()
  .flatMap((folder) => readdirSync(at(folder), { recursive: true }).map((name) => join(folder, name)))
  .filter((path) => statSync(at(path)).isFile() && !made.has(path));

if (process.argv.includes('--check')) {
  for (const path of [...stale.map(([path]) => path), ...surplus]) {
    console.error(`test/vectors/${path} is stale: run node scripts/gen/vectors.mjs`);
  }
  process.exitCode = stale.length + surplus.length === 0 ? 0 : 1;
} else {
  for (const path of surplus) rmSync(at(path));
  for (const folder of generatedFolders()) if (readdirSync(at(folder)).length === 0) rmdirSync(at(folder));
  for (const [path, bytes] of stale) {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), bytes);
  }
  console.log(`${made.size} files, ${stale.length} written, ${surplus.length} removed`);
}

function at(path) {
  return join(corpus, path);
}

/** Vectors with an expected.json, or with nothing left in them; known answers of outside tools have none. */
function generatedFolders() {
  const formats = readdirSync(corpus, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const vectors = formats.flatMap(({ name }) => readdirSync(at(name)).map((vector) => join(name, vector)));
  return vectors.filter((folder) => {
    if (!/_(?:ok|fail)$/.test(folder) || isCaptured(folder)) return false;
    return existsSync(at(join(folder, 'expected.json'))) || readdirSync(at(folder)).length === 0;
  });
}
