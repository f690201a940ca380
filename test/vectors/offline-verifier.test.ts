import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { verifyOffline } from '@weighbridge/verify/offline';
import { offlineSuite, type VerifyOffline } from './runner/offline-suite.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

// Built here, so that it is never an older one.
execFileSync(process.execPath, ['scripts/gen/offline-verifier.mjs'], { cwd: root, stdio: 'pipe' });
const single = (await import(`${root}packages/verify/dist/offline-verifier.mjs`)) as { verifyOffline: VerifyOffline };

offlineSuite('packages', verifyOffline);
offlineSuite('single file', single.verifyOffline);
