import { realpathSync, statSync } from 'node:fs';
import { isName } from '@weighbridge/core/names';
import { type OptionValues, optionList, optionText } from '../command.js';
import { parseInteger, parseSize } from '../quantities.js';
import { usage } from '../usage.js';

export interface ServerOptions {
  readonly host: string;
  readonly port: number;
  readonly maxUploadBytes: number;
  readonly requestsPerMinute: number;
}

/** @throws USAGE */
export function parseServerOptions(options: OptionValues): ServerOptions {
  return {
    host: optionText(options, 'host') ?? '127.0.0.1',
    port: parseInteger(optionText(options, 'port') ?? '8547', '--port', 0, 65_535),
    maxUploadBytes: parseSize(optionText(options, 'maxUpload') ?? '64GB', '--max-upload'),
    requestsPerMinute: parseInteger(optionText(options, 'requestsPerMinute') ?? '1200', '--requests-per-minute', 1),
  };
}

/** @throws USAGE */
export function parseConcurrency(options: OptionValues): number {
  return parseInteger(optionText(options, 'concurrency') ?? '2', '--concurrency', 1, 256);
}

/** Folders by name. @throws USAGE for what is no NAME=DIR, a name given twice, and what is no folder */
export function parseRoots(options: OptionValues): ReadonlyMap<string, string> {
  const roots = new Map<string, string>();
  for (const text of optionList(options, 'root')) {
    const at = text.indexOf('=');
    const [name, folder] = [text.slice(0, at), text.slice(at + 1)];
    if (at < 1 || !isName(name) || folder === '')
      throw usage(`--root ${JSON.stringify(text)} is not NAME=DIR`, 'write it as --root models=/srv/models');
    if (roots.has(name)) throw usage(`--root ${name} is given twice`, 'give each folder a name of its own');
    roots.set(name, requireFolder(name, folder));
  }
  return roots;
}

/** A folder that is itself a symlink is resolved once, here. */
function requireFolder(name: string, folder: string): string {
  try {
    const real = realpathSync(folder);
    if (statSync(real).isDirectory()) return real;
  } catch {
    // Said below, like anything else that is no folder.
  }
  throw usage(`--root ${name}: ${folder} is no folder that can be read`, 'name an existing folder');
}
