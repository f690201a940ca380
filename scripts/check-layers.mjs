// Holds the layers of ARCHITECTURE.md: who may import whom. Fails too when it sees too few modules, since a checker
// that resolves nothing is green. LAYERS_FOLDER narrows what is read, for the test of just that.
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const LEAST_MODULES = 120;

const out = execFileSync(
  'node_modules/.bin/depcruise',
  [
    '--config',
    '.dependency-cruiser.cjs',
    '--output-type',
    'json',
    ...(process.env.LAYERS_FOLDER ?? 'packages services').split(' '),
  ],
  { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'inherit'] },
);
const { summary, modules } = JSON.parse(out);
const ours = modules.filter(({ source }) => /^packages\/.*\/src\//.test(source)).length;

for (const { rule, from, to } of summary.violations) console.error(`${rule.severity} ${rule.name}: ${from} → ${to}`);
console.log(`${ours} modules, ${summary.violations.length} violations`);
if (ours < LEAST_MODULES) console.error(`fewer than ${LEAST_MODULES} modules: the checker does not see the sources`);
process.exitCode = summary.violations.length > 0 || ours < LEAST_MODULES ? 1 : 0;
