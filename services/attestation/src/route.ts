import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Scope } from '@weighbridge/service-kit/token';
import type { z } from 'zod';
import type { AttestationDoors } from './attestation-doors.js';

export type Method = 'get' | 'post' | 'put' | 'delete';

/** What a handler is asked. */
export interface Ask<P, Q, B> {
  readonly doors: AttestationDoors;
  readonly params: P;
  readonly query: Q;
  readonly body: B;
  /** Name of the bearer's token. */
  readonly actor: string;
  /** Aborted when the client went away and when the time is over. */
  readonly signal: AbortSignal;
  readonly request: IncomingMessage;
}

export type Reply =
  | { readonly status: number; readonly json: unknown; readonly headers?: Readonly<Record<string, string>> }
  | {
      readonly status: number;
      readonly bytes: Uint8Array | string;
      readonly type: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly status: 204 }
  /** Writes the response itself; what it throws before the head is a problem, after it a broken connection. */
  | { readonly stream: (response: ServerResponse) => Promise<void> };

export interface ReplySpec {
  readonly description: string;
  /** Of a JSON reply. */
  readonly schema?: z.ZodType;
  /** Of another one. */
  readonly type?: string;
}

/** One row of the table from which the application, its OpenAPI document and the authentication matrix are made. */
export interface Route {
  readonly method: Method;
  /** As OpenAPI writes it; `{path...}` stands for the rest, slashes too. */
  readonly path: string;
  /** Null: anybody. */
  readonly scope: Scope | null;
  readonly summary: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  /** Of a JSON body; `stream` hands the request on as it is. */
  readonly body?: z.ZodType | 'stream';
  readonly replies: Readonly<Record<number, ReplySpec>>;
  /** A reply that may take any time: files, uploads; `endless` ones end when the service is asked to end. */
  readonly isLong?: true | 'endless';
  readonly handle: (ask: Ask<never, never, never>) => Promise<Reply>;
}

type Read<T> = T extends z.ZodType ? z.infer<T> : undefined;

/** A route whose handler is typed by its schemas. */
export function route<P, Q, B>(
  spec: Omit<Route, 'handle' | 'params' | 'query' | 'body'> & {
    readonly params?: P;
    readonly query?: Q;
    readonly body?: B;
    readonly handle: (ask: Ask<Read<P>, Read<Q>, Read<B>>) => Promise<Reply>;
  },
): Route {
  return spec as unknown as Route;
}
