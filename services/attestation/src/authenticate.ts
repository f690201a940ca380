import type { IncomingMessage } from 'node:http';
import type { Document } from '@weighbridge/ports/document';
import type { ServiceLog } from '@weighbridge/service-kit/service-log';
import { HttpRefusal } from '@weighbridge/service-kit/problem';
import { allows, findToken, type Scope, type TokenRecord } from '@weighbridge/service-kit/token';
import { readTokens } from '@weighbridge/service-kit/token-book';

/** A token that was revoked is refused after this time at the latest. */
const REREAD_AFTER_MS = 1_000;
const BEARER = /^Bearer ([A-Za-z0-9_-]{1,128})$/i;
const BASIC = /^Basic ([A-Za-z0-9+/=]{1,512})$/i;

export interface AuthenticatorDoors {
  readonly tokens: Document;
  readonly log: ServiceLog;
  nowSeconds(): number;
}

/** What a refusal asks for: Git clients answer `Basic` alone, and send the token as the password of any user. */
export type Challenge = 'Bearer' | 'Basic';

export interface Authenticator {
  /** The bearer of a request. @throws 401 for no token or a wrong one, 403 for one without the scope */
  require(request: IncomingMessage, scope: Scope, challenge?: Challenge): Promise<TokenRecord>;
}

/** Default deny: who shows no token that is kept here may nothing. */
export function createAuthenticator({ tokens, nowSeconds, log }: AuthenticatorDoors): Authenticator {
  let records: Promise<readonly TokenRecord[]> | undefined;
  let readAt = 0;
  const current = (): Promise<readonly TokenRecord[]> => {
    const now = performance.now();
    if (records === undefined || now - readAt > REREAD_AFTER_MS) {
      [records, readAt] = [readTokens(tokens), now];
      records.catch((error: unknown) => {
        records = undefined;
        log.error({ err: error }, 'the tokens cannot be read');
      });
    }
    return records;
  };
  return {
    async require(request, scope, challenge = 'Bearer') {
      const token = tokenOf(request);
      const record =
        token === undefined ? undefined : findToken(await current().catch(unreadable), token, nowSeconds());
      if (record === undefined) throw unauthorized(token === undefined, challenge);
      if (!allows(record, scope)) throw forbidden(record, scope);
      return record;
    },
  };
}

function tokenOf({ headers }: IncomingMessage): string | undefined {
  const value = headers.authorization ?? '';
  const bearer = BEARER.exec(value)?.[1];
  if (bearer !== undefined) return bearer;
  const basic = BASIC.exec(value)?.[1];
  return basic === undefined ? undefined : Buffer.from(basic, 'base64').toString('latin1').split(':')[1];
}

function unauthorized(isMissing: boolean, challenge: Challenge): HttpRefusal {
  return new HttpRefusal(
    401,
    'UNTRUSTED',
    isMissing ? 'this needs a bearer token' : 'the token is unknown or expired',
    'make one where the service runs: weighbridge token new NAME --scope read',
    { 'www-authenticate': `${challenge} realm="weighbridge"` },
  );
}

/** Not the client's fault: nobody gets in, and the log says why. */
function unreadable(): never {
  throw new HttpRefusal(
    503,
    'UNVERIFIABLE',
    'the service cannot read its tokens',
    'tell the operator: the log of the service says why',
  );
}

function forbidden({ name }: TokenRecord, scope: Scope): HttpRefusal {
  return new HttpRefusal(
    403,
    'UNTRUSTED',
    `the token ${name} has not the scope ${scope}`,
    `use a token that has it: weighbridge token new NAME --scope ${scope}`,
    { 'www-authenticate': `Bearer realm="weighbridge", error="insufficient_scope", scope="${scope}"` },
  );
}
