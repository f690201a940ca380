import { isModelName, isName } from '@weighbridge/core/names';
import { requireReplaceable, writeDurably } from '@weighbridge/durable-files/durable-write';
import { replaceDocument } from '@weighbridge/journeys/replace-document';
import { nextTrust } from '@weighbridge/journeys/trust-series';
import { canonicalTrust } from '@weighbridge/verify/trust';
import { success } from '../answer.js';
import { optionList, optionText, type Run } from '../command.js';
import type { Context } from '../context.js';
import { hasChain, openChainToRead, readHomeTrust, WITNESS_KEY } from '../embedded-chain.js';
import { lastExportDocument, readLastExport } from '../home-trust.js';
import { requireKey } from '../key-names.js';
import { trustMembers } from '../trust-members.js';
import { usage } from '../usage.js';

export const run: Run = async (context, { options }) => {
  const file = optionText(options, 'output')!;
  const named = optionList(options, 'model').map(requirePattern);
  requireReplaceable(file);
  if (!(await hasChain(context))) throw nothingClaimed();
  return context.asWriter(async () => {
    const models = named.length > 0 ? named : await claimedHere(context);
    const { identity } = await openChainToRead(context);
    const { address } = await requireKey(context, WITNESS_KEY);
    const trust = nextTrust(
      await readLastExport(context),
      { identity, models, witnesses: [address] },
      context.nowSeconds,
    );
    const bytes = canonicalTrust(trust);
    await replaceDocument(lastExportDocument(context), bytes);
    await writeDurably(file, bytes);
    return success({
      message: `wrote version ${trust.version} of what a device must trust into ${file}`,
      members: trustMembers(trust),
      notes: [
        `it covers ${trust.models.join(', ')}; give it to devices by a way that you trust, never beside a release`,
      ],
    });
  });
};

/** The namespaces that this home claimed, which its own trust file covers. */
async function claimedHere(context: Context): Promise<readonly string[]> {
  const trust = await readHomeTrust(context);
  if (trust === undefined) throw nothingClaimed();
  return trust.models;
}

function nothingClaimed() {
  return usage(
    'this home folder claimed no namespace, so there is nothing to trust',
    'claim one: weighbridge namespace claim NS --approver KEY=ROLE',
  );
}

function requirePattern(text: string): string {
  if (isModelName(text) || (text.endsWith('/*') && isName(text.slice(0, -2)))) return text;
  throw usage(
    `--model ${JSON.stringify(text)} is no model`,
    'write namespace/name, or namespace/* for all of a namespace',
  );
}
