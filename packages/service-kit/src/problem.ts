import { isWeighbridgeError } from '@weighbridge/core/errors';
import type { Refusal } from '@weighbridge/core/outcome';

/** HTTP status of each outcome; where a route means another one it says so itself. */
export const STATUS_OF: Readonly<Record<Refusal, number>> = {
  USAGE: 400,
  MALFORMED: 400,
  UNTRUSTED: 403,
  ROLLBACK: 409,
  STALE: 409,
  WRONG_ARTIFACT: 409,
  NOT_APPROVED: 409,
  TAMPERED: 409,
  REVOKED: 410,
  LIMIT: 413,
  UNSAFE_MODEL: 422,
  LICENSE_REFUSED: 422,
  INTERNAL: 500,
  BUSY: 503,
  UNVERIFIABLE: 503,
  IO: 507,
};

/** RFC 9457, with our outcome, the next step and the facts of a refusal. */
export interface Problem {
  readonly type: 'about:blank';
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly outcome: Refusal;
  readonly hint?: string;
  readonly [fact: string]: unknown;
}

/** An answer that HTTP knows and our outcomes do not: not found, method not allowed, too many requests. */
export class HttpRefusal extends Error {
  constructor(
    readonly status: number,
    readonly outcome: Refusal,
    message: string,
    readonly hint: string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
  }
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  409: 'Conflict',
  410: 'Gone',
  413: 'Content Too Large',
  414: 'URI Too Long',
  415: 'Unsupported Media Type',
  416: 'Range Not Satisfiable',
  422: 'Unprocessable Content',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
  507: 'Insufficient Storage',
};

/** What a client is told of an error. A fault of ours is told without its text: that is for the log. */
export function problemOf(error: unknown): Problem {
  if (error instanceof HttpRefusal) {
    return { ...head(error.status), detail: error.message, outcome: error.outcome, hint: error.hint };
  }
  if (isWeighbridgeError(error) && error.code !== 'INTERNAL') {
    const { code, message, hint, details } = error;
    return {
      ...details,
      ...head(STATUS_OF[code]),
      detail: message,
      outcome: code,
      ...(hint === undefined ? {} : { hint }),
    };
  }
  return {
    ...head(500),
    detail: 'a fault of weighbridge itself',
    outcome: 'INTERNAL',
    hint: 'the log of the service names this request by its id; please report it',
  };
}

function head(status: number) {
  return { type: 'about:blank', title: TITLES[status] ?? 'Error', status } as const;
}
