import type { ServerResponse } from 'node:http';
import { HttpRefusal } from '@weighbridge/service-kit/problem';
import type { Express, Request, RequestHandler, Response } from 'express';
import type { AttestationDoors } from './attestation-doors.js';
import type { Authenticator } from './authenticate.js';
import { checkInput } from './check-input.js';
import { readJsonBody } from './read-json-body.js';
import type { Ask, Reply, Route } from './route.js';

const ANSWER_WITHIN_MS = 30_000;

export interface MountDoors {
  readonly doors: AttestationDoors;
  readonly authenticator: Authenticator;
  /** Aborted when the service ends. */
  readonly ending: AbortSignal;
}

/** Mounts the table; other methods of its paths are 405. */
export function mountRoutes(app: Express, routes: readonly Route[], mount: MountDoors): void {
  for (const route of routes) app[route.method](expressPath(route.path), handlerOf(route, mount));
  for (const path of new Set(routes.map((route) => route.path))) {
    const methods = routes.filter((route) => route.path === path).map(({ method }) => method.toUpperCase());
    app.all(expressPath(path), refuseMethod(methods, mount));
  }
}

/** `{name}` becomes `:name`, `{path...}` the rest. */
export function expressPath(path: string): string {
  return path.replace(/\{(\w+)\.\.\.\}/g, '*$1').replace(/\{(\w+)\}/g, ':$1');
}

function handlerOf(route: Route, { doors, authenticator, ending }: MountDoors): RequestHandler {
  return async (request, response) => {
    response.locals.route = route.path;
    const bearer = route.scope === null ? undefined : await authenticator.require(request, route.scope);
    response.locals.actor = bearer?.name;
    const gone = new AbortController();
    response.once('close', () => gone.abort(new Error('the client went away')));
    const signal = AbortSignal.any([gone.signal, ...limitsOf(route, ending)]);
    const ask = {
      doors,
      ...(await inputOf(route, request)),
      actor: bearer?.name ?? 'anybody',
      signal,
      request,
    } as unknown as Ask<never, never, never>;
    await send(response, await untilAborted(route.handle(ask), signal, route.isLong !== undefined));
  };
}

function limitsOf({ isLong }: Route, ending: AbortSignal): AbortSignal[] {
  if (isLong === undefined) return [AbortSignal.timeout(ANSWER_WITHIN_MS)];
  return isLong === 'endless' ? [ending] : [];
}

async function inputOf(route: Route, request: Request) {
  const params = Object.fromEntries(
    Object.entries(request.params).map(([name, value]) => [name, Array.isArray(value) ? value.join('/') : value]),
  );
  return {
    params: route.params === undefined ? undefined : checkInput(route.params, params, 'the path'),
    query: checkQuery(route, request),
    body:
      route.body === undefined || route.body === 'stream'
        ? undefined
        : checkInput(route.body, await readJsonBody(request), 'the body'),
  };
}

function checkQuery(route: Route, request: Request): unknown {
  if (route.query !== undefined) return checkInput(route.query, { ...request.query }, 'the query');
  const [first] = Object.keys(request.query);
  if (first === undefined) return undefined;
  throw new HttpRefusal(400, 'MALFORMED', 'this takes no query', 'leave out what stands after the "?"');
}

async function untilAborted(reply: Promise<Reply>, signal: AbortSignal, isLong: boolean): Promise<Reply> {
  if (isLong) return reply;
  let onAbort: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(tooLong());
    signal.addEventListener('abort', onAbort, { once: true });
  });
  try {
    return await Promise.race([reply, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort!);
    reply.catch(() => {});
  }
}

function tooLong(): HttpRefusal {
  return new HttpRefusal(
    503,
    'UNVERIFIABLE',
    'no answer within the time',
    'try again; GET /readyz says what is missing',
  );
}

async function send(response: Response, reply: Reply): Promise<void> {
  if ('stream' in reply) return reply.stream(response as ServerResponse);
  response.status(reply.status);
  if ('headers' in reply && reply.headers !== undefined) response.set(reply.headers);
  if ('json' in reply) response.json(reply.json);
  else if ('bytes' in reply) response.type(reply.type).send(Buffer.from(reply.bytes as Uint8Array));
  else response.end();
}

function refuseMethod(methods: readonly string[], { authenticator }: MountDoors): RequestHandler {
  return async (request) => {
    await authenticator.require(request, 'read');
    const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : [])].join(', ');
    throw new HttpRefusal(405, 'USAGE', `${request.method} is not possible here`, `use one of ${allow}`, { allow });
  };
}
