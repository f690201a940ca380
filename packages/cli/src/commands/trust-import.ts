import type { ModelName } from '@weighbridge/core/brands';
import { parseModelName } from '@weighbridge/core/names';
import { formatTime } from '@weighbridge/core/times';
import { acquireLock } from '@weighbridge/files-local/home-lock';
import { appendJournal } from '@weighbridge/files-local/journal-log';
import { openDocument } from '@weighbridge/files-local/local-document';
import { readNamedFile } from '@weighbridge/files-local/named-file';
import { type ImportedTrust, importTrust } from '@weighbridge/journeys/import-trust';
import { TRUST_MAX_BYTES } from '@weighbridge/verify/trust';
import { success } from '../answer.js';
import { optionList, type Run } from '../command.js';
import type { Context } from '../context.js';
import { deviceStateLock } from '../device-state-door.js';
import { trustMembers } from '../trust-members.js';

export const run: Run = async (context, { args, options }) => {
  const reset = optionList(options, 'reset').map(parseModelName);
  const bytes = await readNamedFile(args[0]!, TRUST_MAX_BYTES, 'the trust file');
  const { trust, witnessesDiffer } = await context.asWriter(() => importAlone(context, bytes, reset));
  return success({
    message: `this home folder now trusts version ${trust.version}: ${trust.models.join(', ')}`,
    members: trustMembers(trust),
    notes: [
      ...(witnessesDiffer
        ? ['the witnesses differ: checkpoint numbers and the time floor of that chain were dropped']
        : []),
      ...reset.map((model) => `the rollback floors of ${model} were dropped, which the journal says`),
    ],
  });
};

/** Also alone with the device state, which a verification may be about to write. */
async function importAlone(context: Context, bytes: Uint8Array, reset: readonly ModelName[]): Promise<ImportedTrust> {
  const { home, lockTimeoutMs: timeoutMs, signal } = context;
  const lock = await acquireLock(deviceStateLock(home.deviceState), { timeoutMs, signal });
  try {
    const doors = {
      trust: openDocument(home.trust),
      deviceState: openDocument(home.deviceState),
      log: (entry: Parameters<typeof appendJournal>[1]) =>
        appendJournal(home.journal, { at: formatTime(context.nowSeconds), ...entry }),
    };
    return await importTrust(doors, bytes, reset);
  } finally {
    await lock.release();
  }
}
