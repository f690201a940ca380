import { parseReleaseRef, type ReleaseRef } from '@weighbridge/core/names';
import { formatTime } from '@weighbridge/core/times';
import { requireReplaceable, writeDurably } from '@weighbridge/durable-files/durable-write';
import { readNamedFile } from '@weighbridge/files-local/named-file';
import { approve, signApproval } from '@weighbridge/journeys/approve';
import { requireNamespace, requireRelease } from '@weighbridge/journeys/find-release';
import { relayApproval } from '@weighbridge/journeys/relay-approval';
import type { Chain } from '@weighbridge/ports/chain';
import type { Signer } from '@weighbridge/ports/signer';
import {
  APPROVAL_FILE_MAX_BYTES,
  type ApprovalFile,
  canonicalApprovalFile,
  parseApprovalFile,
} from '@weighbridge/verify/approval-file';
import { type OptionValues, optionText, type Run } from '../command.js';
import type { Context } from '../context.js';
import { openChainToRead, requireChain } from '../embedded-chain.js';
import { changeRelease } from '../home-index.js';
import { requireKey, signerOf } from '../key-names.js';
import { parseDuration } from '../quantities.js';
import { statusAnswer } from '../status-answer.js';
import { usage } from '../usage.js';

export const run: Run = async (context, { args, options }) => {
  const ref = parseReleaseRef(args[0]!);
  requireOneWay(options);
  const as = optionText(options, 'as');
  if (as !== undefined) await requireKey(context, as);
  const output = optionText(options, 'output');
  if (output !== undefined) requireReplaceable(output);
  const approval = await readApproval(optionText(options, 'relay'));
  await requireChain(context, ref);
  if (output !== undefined) return signOnly(context, ref, output, options);
  if (approval !== undefined) return relay(context, ref, approval, options);
  return changeRelease(context, ref, async (chain) => {
    await approve(chain, ref, await approverOf(context, chain, ref, as), optionText(options, 'role'));
    return statusAnswer(context, chain, ref, (status) => `approved ${ref.name}, which is now ${status}`);
  });
};

function requireOneWay(options: OptionValues): void {
  const signOnly = options.signOnly === true;
  const output = optionText(options, 'output') !== undefined;
  if (signOnly && options.relay !== undefined)
    throw usage('--sign-only and --relay exclude each other', 'sign first, relay then');
  if (signOnly !== output) throw usage('--sign-only and -o go together', 'write `--sign-only -o FILE`');
  if (!signOnly && options.deadline !== undefined)
    throw usage('--deadline is for --sign-only', 'add `--sign-only -o FILE`');
}

async function readApproval(file: string | undefined): Promise<ApprovalFile | undefined> {
  return file === undefined
    ? undefined
    : parseApprovalFile(await readNamedFile(file, APPROVAL_FILE_MAX_BYTES, '--relay'));
}

async function signOnly(context: Context, ref: ReleaseRef, file: string, options: OptionValues) {
  const seconds = parseDuration(optionText(options, 'deadline') ?? '7d', '--deadline', 31_536_000);
  const chain = await openChainToRead(context);
  const approver = await approverOf(context, chain, ref, optionText(options, 'as'));
  const deadline = context.nowSeconds + seconds;
  const approval = await signApproval(chain, ref, approver, optionText(options, 'role'), deadline);
  await writeDurably(file, canonicalApprovalFile(approval));
  const message = `signed the approval of ${ref.name}, good until ${formatTime(deadline)}, into ${file}`;
  return statusAnswer(context, chain, ref, () => message);
}

async function relay(context: Context, ref: ReleaseRef, approval: ApprovalFile, options: OptionValues) {
  return changeRelease(context, ref, async (chain) => {
    const relayer = await relayerOf(context, optionText(options, 'as'));
    await relayApproval(chain, ref, approval, optionText(options, 'role'), relayer, context.nowSeconds);
    const relayed = `relayed the approval of ${approval.approver}`;
    return statusAnswer(context, chain, ref, (status) => `${relayed}; ${ref.name} is now ${status}`);
  });
}

/** The key that `--as` names, else the only active approver key at hand. */
async function approverOf(context: Context, chain: Chain, ref: ReleaseRef, as: string | undefined): Promise<Signer> {
  if (as !== undefined) return signerOf(context, as);
  await requireRelease(chain, ref);
  const { approvers } = await requireNamespace(chain, ref.namespace);
  const active = new Set(approvers.filter((approver) => approver.active).map(({ key }) => key));
  const atHand = (await context.keys.list()).filter(({ address }) => active.has(address));
  const [only] = atHand;
  if (only !== undefined && atHand.length === 1) return context.keys.unlock(only.name);
  throw usage(
    atHand.length === 0
      ? `no approver key of ${ref.namespace} is in this home folder`
      : `there are ${atHand.length} approver keys here`,
    atHand.length === 0
      ? 'run this where an approver key lies'
      : `choose one with --as: ${atHand.map(({ name }) => name).join(', ')}`,
  );
}

/** Anyone may relay: the key that `--as` names, else any key of this home. */
async function relayerOf(context: Context, as: string | undefined): Promise<Signer> {
  if (as !== undefined) return signerOf(context, as);
  const [first] = await context.keys.list();
  if (first !== undefined) return context.keys.unlock(first.name);
  throw usage('there is no key here to send the transaction with', 'make one with `weighbridge key new relayer`');
}
