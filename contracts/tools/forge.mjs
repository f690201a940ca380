// Runs forge with the arguments given and exits as it does.
import { spawnSync } from 'node:child_process';
import { forgeBinary } from './forge-binary.mjs';

const { status, error } = spawnSync(forgeBinary(), process.argv.slice(2), { stdio: 'inherit' });
if (error !== undefined) console.error(error.message);
process.exitCode = status ?? 1;
