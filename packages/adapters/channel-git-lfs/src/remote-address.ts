import { WeighbridgeError } from '@weighbridge/core/errors';
import type { ReleaseRef } from '@weighbridge/core/names';

/** Where repositories lie, below one URL. */
export interface RemoteAddress {
  /** Without credentials and without a slash at its end. */
  readonly base: string;
  readonly origin: string;
  /** Value of the Authorization header for this origin, and no other. */
  readonly authorization: string | undefined;
}

const TOKEN = /^[\x21-\x7e]{1,4096}$/;

/** @param token a bearer token; in its place the URL may hold a name and a password. @throws USAGE */
export function parseRemote(text: string, token?: string): RemoteAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    throw unusable('is no http or https URL', 'write it as https://HOST/PATH, below which NAMESPACE/NAME.git lie');
  if (url.search !== '' || url.hash !== '')
    throw unusable('has a query or a fragment', 'leave what follows ? and # out');
  if (token !== undefined && !TOKEN.test(token)) throw unusable('has a token of other characters', 'check the token');
  return {
    base: `${url.origin}${url.pathname}`.replace(/\/+$/, ''),
    origin: url.origin,
    authorization: token === undefined ? basic(url) : `Bearer ${token}`,
  };
}

function basic({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined;
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

export function repositoryUrl({ base }: RemoteAddress, { model }: ReleaseRef): string {
  return `${base}/${model}.git`;
}

function unusable(problem: string, hint: string): WeighbridgeError {
  return new WeighbridgeError('USAGE', `the address of the Git LFS remote ${problem}`, { hint });
}
