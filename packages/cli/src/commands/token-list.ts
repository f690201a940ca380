import { formatTime } from '@weighbridge/core/times';
import { readTokens } from '@weighbridge/service-kit/token-book';
import { success } from '../answer.js';
import type { Run } from '../command.js';
import { tokensDocument } from '../serving/token-file.js';

export const run: Run = async (context) => {
  const tokens = (await readTokens(tokensDocument(context))).map(({ name, scopes, createdAt, expiresAt }) => ({
    name,
    scopes,
    createdAt: formatTime(createdAt),
    expiresAt: expiresAt === null ? null : formatTime(expiresAt),
    expired: expiresAt !== null && expiresAt <= context.nowSeconds,
  }));
  const message = tokens.length === 0 ? 'no tokens here yet' : `${tokens.length} tokens`;
  return success({
    message,
    members: { tokens },
    lines:
      tokens.length === 0
        ? [message]
        : tokens.map(
            ({ name, scopes, expiresAt, expired }) =>
              `${name.padEnd(20)} ${scopes.join(',').padEnd(30)} ${expired ? 'expired' : `until ${expiresAt ?? 'it is revoked'}`}`,
          ),
  });
};
