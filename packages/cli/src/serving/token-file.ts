import { join } from 'node:path';
import { prepareHome } from '@weighbridge/files-local/home';
import { acquireLock } from '@weighbridge/files-local/home-lock';
import { openDocument } from '@weighbridge/files-local/local-document';
import type { Document } from '@weighbridge/ports/document';
import type { TokenRecord } from '@weighbridge/service-kit/token';
import { readTokens, writeTokens } from '@weighbridge/service-kit/token-book';
import type { Context } from '../context.js';

export function tokensDocument({ home }: Context): Document {
  return openDocument(join(home.root, 'tokens.json'));
}

/**
 * Replaces the tokens of the home folder, under a lock of their own: a service that runs holds the home's lock and sees
 * the change within a second.
 */
export async function changeTokens(
  context: Context,
  change: (records: readonly TokenRecord[]) => readonly TokenRecord[],
): Promise<void> {
  const { home, lockTimeoutMs: timeoutMs, signal } = context;
  await prepareHome(home);
  const lock = await acquireLock(join(home.root, 'tokens.lock'), { timeoutMs, signal });
  try {
    const document = tokensDocument(context);
    await writeTokens(document, change(await readTokens(document)));
  } finally {
    await lock.release();
  }
}
