import { formatTime } from '@weighbridge/core/times';
import { makeToken, SCOPES, type Scope } from '@weighbridge/service-kit/token';
import { success } from '../answer.js';
import { optionList, optionText, type Run } from '../command.js';
import { requireKeyName } from '../key-names.js';
import { parseDuration } from '../quantities.js';
import { changeTokens } from '../serving/token-file.js';
import { usage } from '../usage.js';

const LONGEST_SECONDS = 10 * 365 * 86_400;

export const run: Run = async (context, { args, options }) => {
  const name = args[0]!;
  requireKeyName(name, 'NAME');
  const scopes = parseScopes(optionList(options, 'scope'));
  const createdAt = context.nowSeconds;
  const expiresAt = createdAt + parseDuration(optionText(options, 'expires') ?? '90d', '--expires', LONGEST_SECONDS);
  const { token, digest } = makeToken();
  await changeTokens(context, (records) => {
    if (records.some((record) => record.name === name)) throw taken(name);
    return [...records, { name, scopes, digest, createdAt, expiresAt }];
  });
  return success({
    message: `made the token ${name} with the scope ${scopes.join(', ')}, good until ${formatTime(expiresAt)}`,
    members: { name, scopes, expiresAt: formatTime(expiresAt), token },
    lines: [token],
    notes: ['this is shown once: only its digest is kept'],
  });
};

function parseScopes(words: readonly string[]): Scope[] {
  const unknown = words.find((word) => !(SCOPES as readonly string[]).includes(word));
  if (unknown !== undefined)
    throw usage(`--scope ${JSON.stringify(unknown)} is unknown`, `use any of: ${SCOPES.join(', ')}`);
  return SCOPES.filter((scope) => words.includes(scope));
}

function taken(name: string) {
  return usage(
    `there is a token ${name} already`,
    `choose another name, or \`weighbridge token revoke ${name}\` first`,
  );
}
