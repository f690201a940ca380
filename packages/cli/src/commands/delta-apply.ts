import { openApplyPlace } from '@weighbridge/files-local/local-apply-place';
import { requireNoTarget } from '@weighbridge/files-local/local-fetch-place';
import { openReleaseFolder } from '@weighbridge/files-local/local-release-folder';
import { applyPackage } from '@weighbridge/journeys/apply-package';
import { parseBundle } from '@weighbridge/verify/bundle';
import { success } from '../answer.js';
import { optionText, type Run } from '../command.js';
import { isWithin } from '../is-within.js';
import { openUpdatePackage } from '../update-package.js';
import { usage } from '../usage.js';

export const run: Run = async (context, { args, options }) => {
  const to = optionText(options, 'to')!;
  const baseDir = optionText(options, 'base');
  requireOtherFolder(baseDir, to);
  requireNoTarget(to);
  const pack = await openUpdatePackage(context, args[0]!);
  if (pack.base !== undefined && baseDir === undefined)
    throw usage(`${args[0]} needs a base`, 'name the folder that the device has now: --base DIR');
  const base = pack.base === undefined ? undefined : await openReleaseFolder(baseDir!);
  const lock = { timeoutMs: context.lockTimeoutMs, signal: context.signal };
  await applyPackage(pack, base, (files) => openApplyPlace(to, files, lock));
  const release = pack.bundleBytes === undefined ? undefined : parseBundle(pack.bundleBytes);
  const message = `wrote ${to}: ${release?.ref.name ?? 'the target of the package'}, ${pack.targetBytes} bytes`;
  const hint = release === undefined ? [] : [`to see whether it may be loaded: weighbridge verify ${to}`];
  return success({
    message,
    members: {
      ...(release === undefined ? {} : { release: release.ref.name, releaseDigest: release.releaseDigest }),
      packageDigest: pack.packageDigest,
      contentDigest: pack.target.contentDigest,
      bytes: pack.targetBytes,
      to,
    },
    notes: [
      ...(baseDir !== undefined && base === undefined ? ['a full package needs no base: it was not read'] : []),
      ...hint,
    ],
  });
};

function requireOtherFolder(base: string | undefined, to: string): void {
  if (base === undefined || !isWithin(base, to)) return;
  const problem = isWithin(to, base) ? '--base and --to are the same folder' : '--to lies within --base';
  throw usage(problem, 'name a new folder beside the base after --to');
}
