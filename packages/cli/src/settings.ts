import { WeighbridgeError } from '@weighbridge/core/errors';
import { readNamedFile } from '@weighbridge/files-local/named-file';
import { usage } from './usage.js';

/** What the environment may set. A name that stands here is documented by `weighbridge help environment`. */
export const VARIABLES = {
  WEIGHBRIDGE_HOME:
    'the home folder; --home goes before it (default: $XDG_DATA_HOME/weighbridge, else ~/.local/share/weighbridge)',
  WEIGHBRIDGE_PASSPHRASE_FILE:
    'a file whose first line is the passphrase of the keys (default: a random one kept in the home folder, for the embedded chain alone)',
  WEIGHBRIDGE_REDIS_URL:
    'the Redis that holds the queue of jobs, as redis://host:port (default: a queue in the home folder, for `serve` alone)',
  WEIGHBRIDGE_IPFS_API:
    'the RPC of a Kubo node to publish to and fetch from, as http://127.0.0.1:5001 (default: blocks in the home folder)',
  WEIGHBRIDGE_IPFS_TOKEN_FILE: 'a file whose first line is the authorization header that the Kubo node wants',
  WEIGHBRIDGE_IPFS_GATEWAY:
    'a trustless IPFS gateway to fetch from, as http://host:port; read only (default: blocks in the home folder)',
  WEIGHBRIDGE_LFS_REMOTE:
    'an http(s) URL below which NS/NAME.git lie, to fetch from by git and Git LFS; read only (default: repositories in the home folder)',
  WEIGHBRIDGE_LFS_TOKEN_FILE: 'a file whose first line is a bearer token for the Git LFS remote',
  // A program that `boot` started may run us: to confirm itself, for example.
  WEIGHBRIDGE_MODEL_DIR:
    'given by `boot` to the program that it starts: the folder of the release; nothing here reads it',
  WEIGHBRIDGE_RELEASE: 'given by `boot` likewise: the release as namespace/name@version',
  WEIGHBRIDGE_RELEASE_DIGEST: 'given by `boot` likewise: its release digest',
} as const;

/** Names that the contract fixes for parts of a later version: known, but refused rather than ignored. */
export const LATER_VARIABLES: readonly string[] = [
  'WEIGHBRIDGE_RPC_URL',
  'WEIGHBRIDGE_RPC_QUORUM',
  'WEIGHBRIDGE_FINALITY',
  'WEIGHBRIDGE_CONTRACT',
  'WEIGHBRIDGE_ALLOW_DEV_CHAIN',
  'WEIGHBRIDGE_DATABASE_URL',
];

export interface Settings {
  readonly home: string | undefined;
  readonly passphraseFile: string | undefined;
  readonly redisUrl: string | undefined;
  readonly ipfsApi: string | undefined;
  readonly ipfsTokenFile: string | undefined;
  readonly ipfsGateway: string | undefined;
  readonly lfsRemote: string | undefined;
  readonly lfsTokenFile: string | undefined;
}

const CONFIG_MAX_BYTES = 64 * 1024;
/** The member of the configuration file that says the same as a variable. */
const CONFIG_MEMBERS = {
  home: 'WEIGHBRIDGE_HOME',
  passphraseFile: 'WEIGHBRIDGE_PASSPHRASE_FILE',
  redisUrl: 'WEIGHBRIDGE_REDIS_URL',
  ipfsApi: 'WEIGHBRIDGE_IPFS_API',
  ipfsTokenFile: 'WEIGHBRIDGE_IPFS_TOKEN_FILE',
  ipfsGateway: 'WEIGHBRIDGE_IPFS_GATEWAY',
  lfsRemote: 'WEIGHBRIDGE_LFS_REMOTE',
  lfsTokenFile: 'WEIGHBRIDGE_LFS_TOKEN_FILE',
} as const satisfies Record<keyof Settings, keyof typeof VARIABLES>;
const MEMBERS = Object.keys(CONFIG_MEMBERS) as (keyof Settings)[];

type Config = Partial<Record<keyof Settings, string>>;

/**
 * Settings from flags, then the environment, then the configuration file. All problems are named at once.
 * @throws USAGE; LIMIT for a configuration file that is too large; IO
 */
export async function readSettings(
  flags: { home?: string | undefined; config?: string | undefined },
  environment: NodeJS.ProcessEnv,
): Promise<Settings> {
  requireKnownVariables(environment);
  const file = flags.config === undefined ? {} : await readConfig(flags.config);
  const of = (member: keyof Settings): string | undefined =>
    nonEmpty(environment[CONFIG_MEMBERS[member]]) ?? file[member];
  const settings = Object.fromEntries(MEMBERS.map((member) => [member, of(member)])) as unknown as Settings;
  if (settings.ipfsApi !== undefined && settings.ipfsGateway !== undefined)
    throw usage('WEIGHBRIDGE_IPFS_API and WEIGHBRIDGE_IPFS_GATEWAY exclude each other', 'unset one of them');
  return { ...settings, home: flags.home ?? settings.home };
}

function requireKnownVariables(environment: NodeJS.ProcessEnv): void {
  const ours = Object.keys(environment).filter((name) => /^weighbridge_/i.test(name) && !(name in VARIABLES));
  if (ours.length === 0) return;
  const problems = ours
    .sort()
    .map((name) => (LATER_VARIABLES.includes(name) ? `${name} is of a later version` : `${name} is unknown`));
  throw usage(
    `the environment: ${problems.join(', ')}`,
    `unset ${ours.join(' ')}; \`weighbridge help environment\` lists the names that there are`,
  );
}

async function readConfig(path: string): Promise<Config> {
  const document = await parseConfig(path);
  const problems = Object.entries(document).flatMap(([name, value]) => {
    if (!(MEMBERS as readonly string[]).includes(name)) return [`unknown setting ${name}`];
    return typeof value === 'string' && value !== '' ? [] : [`${name} is no text`];
  });
  if (problems.length > 0) throw configProblem(path, problems.join(', '));
  return document as Config;
}

async function parseConfig(path: string): Promise<object> {
  const bytes = await readNamedFile(path, CONFIG_MAX_BYTES, 'the configuration file');
  const { parse } = await import('yaml');
  let document: unknown;
  try {
    document = parse(Buffer.from(bytes).toString('utf8'), { maxAliasCount: 0 }) ?? {};
  } catch (cause) {
    throw configProblem(path, 'is no YAML', cause);
  }
  if (typeof document === 'object' && document !== null && !Array.isArray(document)) return document;
  throw configProblem(path, 'is no mapping of settings');
}

function configProblem(path: string, problem: string, cause?: unknown): WeighbridgeError {
  return new WeighbridgeError('USAGE', `the configuration file ${path}: ${problem}`, {
    hint: `give a YAML file with any of: ${MEMBERS.join(', ')}`,
    cause,
  });
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
