import { isModelName } from '@weighbridge/core/names';
import { isSha256 } from '@weighbridge/core/hex';
import type { ModelName, Sha256 } from '@weighbridge/core/brands';
import { HttpRefusal } from './http-refusal.js';

export type LfsRoute = { readonly model: ModelName } & (
  | { readonly kind: 'refs' | 'pack' | 'batch' | 'locks' | 'verify-locks' }
  | { readonly kind: 'object'; readonly oid: Sha256 }
);

const REPOSITORY = /^\/([a-z0-9._-]{1,64}\/[a-z0-9._-]{1,64})\.git\/(.{1,200})$/;
const OBJECT = 'info/lfs/objects/';

/** What each path takes. */
const METHODS = {
  'info/refs': ['refs', 'GET'],
  'git-upload-pack': ['pack', 'POST'],
  'info/lfs/objects/batch': ['batch', 'POST'],
  'info/lfs/locks': ['locks', 'GET'],
  'info/lfs/locks/verify': ['verify-locks', 'POST'],
} as const;

/** What a request asks for, below where repositories lie. @throws HttpRefusal 404, 405, 403 */
export function parseLfsRoute(method: string, url: string): LfsRoute {
  const [path = '', query = ''] = url.split('?', 2);
  const [, model = '', rest = ''] = REPOSITORY.exec(path) ?? [];
  if (!isModelName(model)) throw new HttpRefusal(404, 'there is no such repository');
  if (rest.startsWith(OBJECT) && isSha256(rest.slice(OBJECT.length))) {
    requireMethod(method, 'GET', 'HEAD');
    return { kind: 'object', model, oid: rest.slice(OBJECT.length) as Sha256 };
  }
  if (!Object.hasOwn(METHODS, rest)) throw new HttpRefusal(404, 'there is nothing at this path');
  const [kind, allowed] = METHODS[rest as keyof typeof METHODS];
  requireMethod(method, allowed);
  if (kind === 'refs' && query !== 'service=git-upload-pack') {
    throw new HttpRefusal(403, 'this repository is only read, with a git that speaks the smart protocol');
  }
  return { kind, model };
}

function requireMethod(method: string, ...allowed: readonly string[]): void {
  if (!allowed.includes(method)) {
    throw new HttpRefusal(405, `this path takes ${allowed.join(' and ')}`, { allow: allowed.join(', ') });
  }
}
