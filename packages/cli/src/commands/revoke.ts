import { parseReleaseRef } from '@weighbridge/core/names';
import { revoke } from '@weighbridge/journeys/revoke';
import { REASONS, type Reason } from '@weighbridge/ports/chain';
import { optionText, type Run } from '../command.js';
import { requireChain } from '../embedded-chain.js';
import { changeRelease } from '../home-index.js';
import { guardianOf } from '../guardian.js';
import { requireKey } from '../key-names.js';
import { statusAnswer } from '../status-answer.js';
import { usage } from '../usage.js';

const REASON_MAX_BYTES = 1024;

export const run: Run = async (context, { args, options }) => {
  const ref = parseReleaseRef(args[0]!);
  const text = readText(optionText(options, 'reason')!);
  const code = readCode(optionText(options, 'code') ?? 'other');
  const as = optionText(options, 'as');
  if (as !== undefined) await requireKey(context, as);
  await requireChain(context, ref);
  return changeRelease(context, ref, async (chain) => {
    await revoke(chain, ref, code, text, await guardianOf(context, chain, ref, as));
    return statusAnswer(context, chain, ref, () => `revoked ${ref.name}; new bundles carry the revocation to devices`);
  });
};

function readText(text: string): string {
  if (text.trim() !== '' && Buffer.byteLength(text) <= REASON_MAX_BYTES) return text;
  throw usage(
    `--reason must have 1 to ${REASON_MAX_BYTES} bytes of text`,
    'say in a sentence why, for example --reason "weights leaked a test set"',
  );
}

function readCode(text: string): Reason {
  const codes = REASONS.filter((reason) => reason !== 'none');
  const code = codes.find((reason) => reason === text);
  if (code !== undefined) return code;
  throw usage(`--code ${JSON.stringify(text)} is unknown`, `use one of ${codes.join(', ')}`);
}
