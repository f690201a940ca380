// Checks that every generated and committed file is what its generator writes.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

for (const generator of ['contract.mjs', 'unicode-15.mjs', 'vectors.mjs']) {
  execFileSync(process.execPath, [fileURLToPath(new URL(generator, import.meta.url)), '--check'], { stdio: 'inherit' });
}
