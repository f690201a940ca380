import type { CommandSpec, OptionSpec } from './command.js';
import { DELTA_COMMANDS } from './delta-commands.js';
import { OTA_COMMANDS } from './ota-commands.js';
import { SERVICE_COMMANDS } from './service-commands.js';

const as = (who: string): OptionSpec => ({
  flags: '--as <key>',
  about: `name of the key to sign with (default: ${who})`,
});
const ref = { usage: '<ref>', about: 'a release as namespace/name@version' };
const trust: OptionSpec = {
  flags: '--trust <file>',
  about: 'what this device trusts (default: trust.json of the home folder)',
};
const output = (what: string): OptionSpec => ({
  flags: '-o, --output <file>',
  about: `where to write ${what}; replaced as a whole`,
  required: true,
});

const channel = (what: string): OptionSpec => ({
  flags: '--channel <name>',
  about: `${what}: ipfs or git-lfs, once for each (default: both)`,
  repeatable: true,
});

/** Every command of this version, in the order of a release's life. */
export const COMMANDS: readonly CommandSpec[] = [
  {
    name: 'digest',
    summary: 'print whole-file and tree SHA3-512 of files or folders',
    args: [{ usage: '<path...>', about: 'files or folders' }],
    details: ['The first column is what `openssl dgst -sha3-512` prints for the same file.'],
    examples: ['digest pilot-llm/config.json', 'digest --json pilot-llm'],
    load: () => import('./commands/digest.js'),
  },
  {
    name: 'key new',
    summary: 'make a key, encrypted in the home folder',
    args: [{ usage: '<name>', about: 'name of the key' }],
    examples: ['key new publisher', 'key new alice'],
    load: () => import('./commands/key-new.js'),
  },
  {
    name: 'key list',
    summary: 'list the keys of the home folder',
    examples: ['key list'],
    load: () => import('./commands/key-list.js'),
  },
  {
    name: 'namespace claim',
    summary: 'claim a namespace: its publisher, approvers, threshold and guardian',
    args: [{ usage: '<namespace>', about: 'the part of a model name before the slash' }],
    options: [
      as('publisher'),
      {
        flags: '--approver <key=role>',
        about: 'a key name or address and its role, once for each approver',
        repeatable: true,
      },
      { flags: '--threshold <k>', about: 'approvals that a release needs (default: the number of approvers)' },
      { flags: '--guardian <key>', about: 'who may revoke (default on the embedded chain: the publisher)' },
    ],
    details: [
      'Keys that are absent are made, without --approver the key `approver` (role security).',
      'No key is both publisher and approver, or guardian and approver.',
    ],
    examples: ['namespace claim acme --approver alice=legal --approver bob=security --threshold 2'],
    load: () => import('./commands/namespace-claim.js'),
  },
  {
    name: 'namespace show',
    summary: 'show who may publish, approve and revoke in a namespace',
    args: [{ usage: '<namespace>', about: 'the part of a model name before the slash' }],
    examples: ['namespace show acme'],
    load: () => import('./commands/namespace-show.js'),
  },
  {
    name: 'register',
    summary: 'digest the weights, publish them and register the digest of their manifest on chain',
    args: [{ usage: '<path>', about: 'the folder, or single file, of the release; it is never written to' }],
    options: [
      { flags: '--model <name>', about: 'namespace/name', required: true },
      { flags: '--version <version>', about: 'version, as in namespace/name@version', required: true },
      { flags: '--version-code <n>', about: 'strictly increasing number (default: one more than the highest)' },
      { flags: '--license <expression>', about: 'SPDX expression or LicenseRef-NAME (default: NOASSERTION)' },
      channel('where to publish'),
      { flags: '--policy <file>', about: 'license policy; this version has no license gate yet' },
      as('publisher'),
      { flags: '--dry-run', about: 'say what would be registered and write nothing' },
    ],
    details: [
      'The first registration in an unclaimed namespace of the embedded chain claims it with the keys `publisher` and',
      '`approver` (role security) and threshold 1, and says so.',
    ],
    examples: [
      'register pilot-llm --model acme/pilot-llm --version 1.0.0 --license MIT --dry-run',
      'register pilot-llm --model acme/pilot-llm --version 1.0.0 --license MIT',
    ],
    load: () => import('./commands/register.js'),
  },
  {
    name: 'approve',
    summary: 'approve a release, by transaction or by a signature that somebody else relays',
    args: [ref],
    options: [
      { flags: '--role <role>', about: 'refuse unless the key has this role' },
      as('the only approver key at hand'),
      { flags: '--sign-only', about: 'sign and send nothing; needs -o' },
      { flags: '-o, --output <file>', about: 'where --sign-only writes the approval; replaced as a whole' },
      { flags: '--relay <file>', about: 'hand in an approval that --sign-only wrote; anyone may' },
      { flags: '--deadline <duration>', about: 'how long a --sign-only approval is good (default: 7d)' },
    ],
    examples: [
      'approve acme/pilot-llm@1.0.0 --as alice --role legal',
      'approve acme/pilot-llm@1.0.0 --as bob --sign-only -o bob.approval',
      'approve acme/pilot-llm@1.0.0 --relay bob.approval',
    ],
    load: () => import('./commands/approve.js'),
  },
  {
    name: 'show',
    summary: 'show a release: digests, status, approvals',
    args: [ref],
    options: [{ flags: '--manifest', about: 'print the canonical manifest alone' }],
    examples: ['show acme/pilot-llm@1.0.0', 'show acme/pilot-llm@1.0.0 --manifest'],
    load: () => import('./commands/show.js'),
  },
  {
    name: 'list',
    summary: 'list the releases that this home registered',
    examples: ['list'],
    load: () => import('./commands/list.js'),
  },
  {
    name: 'bundle export',
    summary: 'write the one file with which a device verifies without a network',
    args: [ref],
    options: [
      output('the bundle'),
      { flags: '--max-age <duration>', about: 'how long devices may use it (default: 30d)' },
    ],
    examples: [
      'bundle export acme/pilot-llm@1.0.0 -o pilot.bundle',
      'bundle export acme/pilot-llm@1.0.0 -o week.bundle --max-age 7d',
    ],
    load: () => import('./commands/bundle-export.js'),
  },
  {
    name: 'bundle inspect',
    summary: 'show what a bundle says; nothing in it is checked against any trust',
    args: [{ usage: '<file>', about: 'a bundle' }],
    examples: ['bundle inspect pilot.bundle'],
    load: () => import('./commands/bundle-inspect.js'),
  },
  {
    name: 'trust export',
    summary: 'write what a device must be given: chain, contract, code hash, witnesses, models',
    options: [
      output('the trust file'),
      {
        flags: '--model <name>',
        about: 'namespace/name or namespace/* (default: every namespace claimed here)',
        repeatable: true,
      },
    ],
    examples: ['trust export -o trust.json', 'trust export -o pilot-trust.json --model acme/pilot-llm'],
    load: () => import('./commands/trust-export.js'),
  },
  {
    name: 'trust import',
    summary: 'make a trust file the one of this home; only by hand, from a source that you trust',
    args: [{ usage: '<file>', about: 'a trust file' }],
    options: [
      { flags: '--reset <name>', about: 'also forget the rollback floors of this model; logged', repeatable: true },
    ],
    examples: ['trust import trust.json', '--home device trust import trust.json'],
    load: () => import('./commands/trust-import.js'),
  },
  {
    name: 'fetch',
    summary: 'fetch a release from its channels, comparing every chunk as it arrives; or mend a folder',
    args: [{ usage: '[ref]', about: 'a release as namespace/name@version' }],
    options: [
      { flags: '--to <dir>', about: 'the folder to fetch it into, which must not exist yet' },
      { flags: '--repair <dir>', about: 'fetch only the chunks of this release folder that are wrong or missing' },
      channel('where to fetch from'),
      trust,
    ],
    details: [
      'What one channel cannot give, or gives wrong, is taken from the other, and the answer says which channel lied.',
      'A run that was broken off is completed by the same command. Nothing appears under --to before it is whole.',
    ],
    examples: [
      'fetch acme/pilot-llm@1.0.0 --to fetched',
      'fetch acme/pilot-llm@1.0.0 --to from-git --channel git-lfs',
      'fetch --repair fetched',
    ],
    load: () => import('./commands/fetch.js'),
  },
  {
    name: 'car export',
    summary: 'write a published release as one IPFS CAR file',
    args: [ref],
    options: [output('the CAR')],
    details: ['`ipfs dag import` of any node takes it, and `car import` of another home folder.'],
    examples: ['car export acme/pilot-llm@1.0.0 -o pilot.car'],
    load: () => import('./commands/car-export.js'),
  },
  {
    name: 'car import',
    summary: 'take a release out of a CAR file into the IPFS channel, comparing every block with its name',
    args: [ref, { usage: '<file>', about: 'the CAR file' }],
    details: ['The release must be registered: its manifest in the CAR is compared with the digest on chain.'],
    examples: ['car import acme/pilot-llm@1.0.0 pilot.car'],
    load: () => import('./commands/car-import.js'),
  },
  {
    name: 'verify',
    summary: 'say whether a folder is, byte for byte, an approved release',
    args: [{ usage: '<dir>', about: 'the release folder; it is never written to' }],
    options: [
      { flags: '--release <ref>', about: 'ask the chain for this release' },
      { flags: '--bundle <file>', about: 'verify with this bundle and open no socket' },
      { flags: '--offline', about: 'open no socket: a bundle is needed' },
      trust,
      {
        flags: '--state <file|none>',
        about: 'what the device has accepted (default: device-state.json of the home folder); none for auditors',
      },
      { flags: '--all-digests', about: 'check SHA3-512, tree, SHA-256 and CID of each file, not the tree alone' },
      { flags: '--git-checkout', about: 'pass over .git/ and an unlisted .gitattributes at the top' },
    ],
    details: ['Without --release and --bundle the bundle in .weighbridge/ of the folder is used, if there is one.'],
    examples: [
      'verify pilot-llm --release acme/pilot-llm@1.0.0',
      '--home device verify pilot-llm --bundle pilot.bundle --offline --trust trust.json',
      '--home auditor verify pilot-llm --bundle pilot.bundle --trust trust.json --state none --all-digests',
    ],
    load: () => import('./commands/verify.js'),
  },
  ...DELTA_COMMANDS,
  ...OTA_COMMANDS,
  {
    name: 'require',
    summary: 'make a release the oldest that devices accept (minAllowed)',
    args: [ref],
    options: [as("the guardian's key at hand")],
    examples: ['require acme/pilot-llm@1.0.0'],
    load: () => import('./commands/require.js'),
  },
  {
    name: 'revoke',
    summary: 'revoke a release for good',
    args: [ref],
    options: [
      { flags: '--reason <text>', about: 'why, for people', required: true },
      {
        flags: '--code <code>',
        about: 'why, for machines: other, security, license, quality, key-compromise or legal (default: other)',
      },
      as("the guardian's key at hand"),
    ],
    examples: ['revoke acme/pilot-llm@1.0.0 --reason "weights leaked a test set" --code quality'],
    load: () => import('./commands/revoke.js'),
  },
  {
    name: 'index rebuild',
    summary: 'make the index anew from chain, manifests and channels',
    details: [
      'The index only makes `list` and the services fast: whatever it says can be derived, and nothing trusts it.',
    ],
    examples: ['index rebuild'],
    load: () => import('./commands/index-rebuild.js'),
  },
  {
    name: 'doctor',
    summary: 'say what is here, reachable and expiring, one next step a line',
    examples: ['doctor'],
    load: () => import('./commands/doctor.js'),
  },
  ...SERVICE_COMMANDS,
];
