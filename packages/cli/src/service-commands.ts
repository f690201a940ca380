import type { CommandSpec } from './command.js';
import { CONCURRENCY_OPTION, ROOT_OPTION, SERVER_OPTIONS } from './service-options.js';

const WITH_REDIS = 'Needs WEIGHBRIDGE_REDIS_URL: the services share their jobs there.';

/** What is started and kept running, and the tokens that open it. */
export const SERVICE_COMMANDS: readonly CommandSpec[] = [
  {
    name: 'serve',
    summary: 'run the HTTP API and all workers in one process',
    options: [...SERVER_OPTIONS, CONCURRENCY_OPTION],
    details: [
      'It holds the home folder while it runs: other commands that write are BUSY, those that read work.',
      'Logs are JSON lines on stderr; with --json stdout gets one object when it is ready.',
    ],
    examples: ['serve --port 8547 --root models=/srv/models'],
    isService: true,
    load: () => import('./commands/serve.js'),
  },
  {
    name: 'attestation',
    summary: 'run the HTTP API alone',
    options: SERVER_OPTIONS,
    details: [WITH_REDIS],
    examples: ['attestation --root models=/srv/models'],
    isService: true,
    load: () => import('./commands/attestation.js'),
  },
  {
    name: 'hashing-worker',
    summary: 'run a worker that digests releases',
    options: [ROOT_OPTION, CONCURRENCY_OPTION],
    details: [WITH_REDIS],
    examples: ['hashing-worker --root models=/srv/models'],
    isService: true,
    load: () => import('./commands/hashing-worker.js'),
  },
  {
    name: 'distributor',
    summary: 'run a worker that publishes releases to the channels',
    options: [ROOT_OPTION, CONCURRENCY_OPTION],
    details: [WITH_REDIS],
    examples: ['distributor --root models=/srv/models'],
    isService: true,
    load: () => import('./commands/distributor.js'),
  },
  {
    name: 'ota-builder',
    summary: 'run a worker that builds the packages of updates',
    options: [CONCURRENCY_OPTION],
    details: [WITH_REDIS],
    examples: ['ota-builder --concurrency 1'],
    isService: true,
    load: () => import('./commands/ota-builder.js'),
  },
  {
    name: 'token new',
    summary: 'make a bearer token for the HTTP API; it is shown once',
    args: [{ usage: '<name>', about: 'whom or what it is for' }],
    options: [
      {
        flags: '--scope <scope>',
        about: 'read, register, approve, revoke or admin (all of them); once for each',
        repeatable: true,
        required: true,
      },
      { flags: '--expires <duration>', about: 'how long it is good (default: 90d)' },
    ],
    examples: ['token new ci --scope read --scope register --expires 30d'],
    load: () => import('./commands/token-new.js'),
  },
  {
    name: 'token list',
    summary: 'list the tokens of the home folder; what they open is not shown',
    examples: ['token list'],
    load: () => import('./commands/token-list.js'),
  },
  {
    name: 'token revoke',
    summary: 'revoke a token; a service that runs refuses it within a second',
    args: [{ usage: '<name>', about: 'name of the token' }],
    examples: ['token revoke ci'],
    load: () => import('./commands/token-revoke.js'),
  },
];
