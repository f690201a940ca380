// Writes contracts/abi from the contract's sources; with --check it writes nothing and fails where a file is stale.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { buildArtifacts } from '../../contracts/tools/artifact.mjs';

const folder = new URL('../../contracts/abi/', import.meta.url);
const files = Object.entries(buildArtifacts()).map(([name, text]) => ({ name, text, url: new URL(name, folder) }));

if (process.argv.includes('--check')) {
  const stale = files.filter(({ text, url }) => !existsSync(url) || readFileSync(url, 'utf8') !== text);
  for (const { name } of stale) console.error(`contracts/abi/${name} is stale: run node scripts/gen/contract.mjs`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  mkdirSync(folder, { recursive: true });
  for (const { text, url } of files) writeFileSync(url, text);
}
