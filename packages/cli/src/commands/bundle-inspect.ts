import { readNamedFile } from '@weighbridge/files-local/named-file';
import { BUNDLE_MAX_BYTES } from '@weighbridge/verify/bundle-bytes';
import { parseBundle } from '@weighbridge/verify/bundle';
import { statedStatus } from '@weighbridge/verify/bundle-status';
import { success } from '../answer.js';
import { bundleMembers } from '../bundle-members.js';
import type { Run } from '../command.js';

export const run: Run = async (_context, { args }) => {
  const bundle = parseBundle(await readNamedFile(args[0]!, BUNDLE_MAX_BYTES, 'the bundle'));
  const status = statedStatus(bundle) ?? null;
  const members = { ...bundleMembers(bundle), status };
  return success({
    message: `the bundle is of ${members.release}, by its own word ${status ?? 'of unknown status'}`,
    members,
    lines: [
      `release         ${members.release}`,
      `status          ${status ?? 'unknown'}, by its own word: nothing was checked against any trust`,
      `release digest  ${members.releaseDigest}`,
      `size            ${members.sizeBytes} bytes`,
      `issued          ${members.issuedAt ?? 'never'}`,
      `max age         ${members.maxAgeSeconds ?? 0} seconds`,
      ...members.witnesses.map(
        ({ witness, issuedAt, maxAgeSeconds }) => `witness         ${witness}  ${issuedAt}  ${maxAgeSeconds} seconds`,
      ),
    ],
  });
};
