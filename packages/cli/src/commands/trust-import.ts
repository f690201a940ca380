import { parseModelName } from '@weighbridge/core/names';
import { formatTime } from '@weighbridge/core/times';
import { appendJournal } from '@weighbridge/files-local/journal-log';
import { openDocument } from '@weighbridge/files-local/local-document';
import { readNamedFile } from '@weighbridge/files-local/named-file';
import { importTrust } from '@weighbridge/journeys/import-trust';
import { TRUST_MAX_BYTES } from '@weighbridge/verify/trust';
import { success } from '../answer.js';
import { optionList, type Run } from '../command.js';
import { trustMembers } from '../trust-members.js';

export const run: Run = async (context, { args, options }) => {
  const reset = optionList(options, 'reset').map(parseModelName);
  const bytes = await readNamedFile(args[0]!, TRUST_MAX_BYTES, 'the trust file');
  return context.asWriter(async () => {
    const { trust, witnessesDiffer } = await importTrust(
      {
        trust: openDocument(context.home.trust),
        deviceState: openDocument(context.home.deviceState),
        log: (entry) => appendJournal(context.home.journal, { at: formatTime(context.nowSeconds), ...entry }),
      },
      bytes,
      reset,
    );
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
  });
};
