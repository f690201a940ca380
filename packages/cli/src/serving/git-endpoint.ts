import type { RequestListener } from 'node:http';
import type { Context } from '../context.js';

/** Git LFS over HTTP, for devices elsewhere. */
export async function openGitEndpoint(_context: Context): Promise<RequestListener | undefined> {
  return undefined;
}
