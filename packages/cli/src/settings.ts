import { readFile } from 'node:fs/promises';
import { WeighbridgeError } from '@weighbridge/core/errors';

/** What the environment may set. A name that stands here is documented by `weighbridge help environment`. */
export const VARIABLES = {
  WEIGHBRIDGE_HOME:
    'the home folder; --home goes before it (default: $XDG_DATA_HOME/weighbridge, else ~/.local/share/weighbridge)',
  WEIGHBRIDGE_PASSPHRASE_FILE:
    'a file whose first line is the passphrase of the keys (default: a random one kept in the home folder, for the embedded chain alone)',
} as const;

/** Names that the contract fixes for parts of a later version: known, but refused rather than ignored. */
const LATER_VARIABLES = [
  'WEIGHBRIDGE_RPC_URL',
  'WEIGHBRIDGE_RPC_QUORUM',
  'WEIGHBRIDGE_FINALITY',
  'WEIGHBRIDGE_CONTRACT',
  'WEIGHBRIDGE_ALLOW_DEV_CHAIN',
  'WEIGHBRIDGE_REDIS_URL',
  'WEIGHBRIDGE_DATABASE_URL',
  'WEIGHBRIDGE_IPFS_API',
  'WEIGHBRIDGE_LFS_REMOTE',
];

export interface Settings {
  readonly home: string | undefined;
  readonly passphraseFile: string | undefined;
}

const CONFIG_MAX_BYTES = 64 * 1024;
const CONFIG_MEMBERS = ['home', 'passphraseFile'] as const;

/**
 * Settings from flags, then the environment, then the configuration file. All problems are named at once.
 * @throws USAGE
 */
export async function readSettings(
  flags: { home?: string | undefined; config?: string | undefined },
  environment: NodeJS.ProcessEnv,
): Promise<Settings> {
  requireKnownVariables(environment);
  const file = flags.config === undefined ? {} : await readConfig(flags.config);
  return {
    home: flags.home ?? nonEmpty(environment.WEIGHBRIDGE_HOME) ?? file.home,
    passphraseFile: nonEmpty(environment.WEIGHBRIDGE_PASSPHRASE_FILE) ?? file.passphraseFile,
  };
}

function requireKnownVariables(environment: NodeJS.ProcessEnv): void {
  const ours = Object.keys(environment).filter((name) => /^weighbridge_/i.test(name));
  const unknown = ours.filter((name) => !(name in VARIABLES) && !LATER_VARIABLES.includes(name)).sort();
  if (unknown.length > 0) {
    throw new WeighbridgeError('USAGE', `unknown environment variable ${unknown.join(', ')}`, {
      hint: 'run `weighbridge help environment` for the names that there are',
    });
  }
  const later = ours.filter((name) => LATER_VARIABLES.includes(name)).sort();
  if (later.length > 0) {
    throw new WeighbridgeError('USAGE', `${later.join(', ')}: outside parts are not there yet in this version`, {
      hint: `unset ${later.join(' ')}; this version has the embedded chain alone`,
    });
  }
}

async function readConfig(path: string): Promise<Partial<Record<(typeof CONFIG_MEMBERS)[number], string>>> {
  const document = await parseConfig(path);
  const problems: string[] = [];
  const config: Partial<Record<(typeof CONFIG_MEMBERS)[number], string>> = {};
  for (const [name, value] of Object.entries(document)) {
    if (!(CONFIG_MEMBERS as readonly string[]).includes(name)) problems.push(`unknown setting ${name}`);
    else if (typeof value !== 'string' || value === '') problems.push(`${name} is no text`);
    else config[name as (typeof CONFIG_MEMBERS)[number]] = value;
  }
  if (problems.length > 0) throw configProblem(path, problems.join(', '));
  return config;
}

async function parseConfig(path: string): Promise<Record<string, unknown>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw configProblem(path, 'cannot be read', cause);
  }
  if (text.length > CONFIG_MAX_BYTES) throw configProblem(path, 'is too large');
  try {
    const { parse } = await import('yaml');
    const document: unknown = parse(text, { maxAliasCount: 0 }) ?? {};
    if (typeof document === 'object' && document !== null && !Array.isArray(document))
      return document as Record<string, unknown>;
  } catch (cause) {
    throw configProblem(path, 'is no YAML', cause);
  }
  throw configProblem(path, 'is no mapping of settings');
}

function configProblem(path: string, problem: string, cause?: unknown): WeighbridgeError {
  return new WeighbridgeError('USAGE', `the configuration file ${path}: ${problem}`, {
    hint: `give a YAML file with any of: ${CONFIG_MEMBERS.join(', ')}`,
    cause,
  });
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === '' ? undefined : value;
}
