import type { OptionSpec } from './command.js';

export const ROOT_OPTION: OptionSpec = {
  flags: '--root <name=dir>',
  about: 'a folder from which releases may be registered, by a name; once for each',
  repeatable: true,
};

export const CONCURRENCY_OPTION: OptionSpec = { flags: '--concurrency <n>', about: 'jobs at a time (default: 2)' };

export const SERVER_OPTIONS: readonly OptionSpec[] = [
  { flags: '--port <n>', about: 'port of the HTTP API; 0 lets the system choose (default: 8547)' },
  { flags: '--host <address>', about: 'address to listen on (default: 127.0.0.1)' },
  ROOT_OPTION,
  { flags: '--max-upload <size>', about: 'bytes that one upload may hold (default: 64GB)' },
  { flags: '--requests-per-minute <n>', about: 'requests that one address may make (default: 1200)' },
];
