import { readNamedFile } from '@weighbridge/files-local/named-file';
import { parseTrust, type Trust, TRUST_MAX_BYTES } from '@weighbridge/verify/trust';

/** The trust file that `--trust` names; undefined when it names none. @throws USAGE, MALFORMED, LIMIT, IO */
export async function readNamedTrust(path: string | undefined): Promise<Trust | undefined> {
  return path === undefined ? undefined : parseTrust(await readNamedFile(path, TRUST_MAX_BYTES, 'the trust file'));
}
