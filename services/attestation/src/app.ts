import { randomUUID } from 'node:crypto';
import { isWeighbridgeError } from '@weighbridge/core/errors';
import { HttpRefusal, problemOf } from '@weighbridge/service-kit/problem';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import helmet from 'helmet';
import type { AttestationDoors } from './attestation-doors.js';
import { createAuthenticator } from './authenticate.js';
import { mountRoutes } from './mount-routes.js';
import { ROUTES } from './routes.js';

const URL_MAX_LENGTH = 14 * 1024;

export interface AppSettings {
  readonly requestsPerMinute: number;
}

/** The HTTP application over the doors; it opens nothing by itself. */
export function createApp(doors: AttestationDoors, settings: AppSettings, ending: AbortSignal): Express {
  const app = express();
  const authenticator = createAuthenticator(doors);
  app.disable('x-powered-by').set('query parser', 'simple').set('etag', false);
  app.use(watch(doors));
  // TLS ends elsewhere: headers that force it would lock a loopback client out.
  app.use(helmet({ hsts: false, contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } } }));
  app.use(refuseLongUrls, limitRate(settings));
  const { git } = doors;
  if (git !== undefined) {
    app.use('/git', async (request, response) => {
      response.locals.route = '/git';
      await authenticator.require(request, 'read', 'Basic');
      git(request, response);
    });
  }
  mountRoutes(app, ROUTES, { doors, authenticator, ending });
  app.use(async (request) => {
    await authenticator.require(request, 'read');
    throw new HttpRefusal(404, 'USAGE', 'there is nothing at this path', 'GET /v1/openapi.json lists what there is');
  });
  app.use(problems(doors));
  return app;
}

/** A request's id, its line in the log and its part of the metrics. */
function watch({ log, metrics }: AttestationDoors): RequestHandler {
  return (request, response, next) => {
    const id = randomUUID();
    const started = performance.now();
    response.locals.id = id;
    response.set({ 'x-request-id': id, 'cache-control': 'no-store' });
    response.once('close', () => {
      const seconds = (performance.now() - started) / 1000;
      const route = String(response.locals.route ?? 'none');
      const status = response.writableFinished || response.headersSent ? response.statusCode : 499;
      metrics.request(request.method, route, status, seconds);
      log.info(
        { request: id, method: request.method, route, status, seconds, actor: response.locals.actor },
        'request',
      );
    });
    next();
  };
}

const refuseLongUrls: RequestHandler = (request, _response, next) => {
  if (request.url.length > URL_MAX_LENGTH)
    throw new HttpRefusal(414, 'LIMIT', 'the URL is too long', 'no path or query of this service needs that');
  next();
};

function limitRate({ requestsPerMinute }: AppSettings): RequestHandler {
  return rateLimit({
    windowMs: 60_000,
    limit: requestsPerMinute,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    handler: (_request, _response, next) =>
      next(new HttpRefusal(429, 'LIMIT', 'too many requests', 'wait a minute', { 'retry-after': '60' })),
  });
}

function problems({ log }: AttestationDoors): ErrorRequestHandler {
  return (error: unknown, _request, response, _next) => {
    const known = readable(error);
    const problem = problemOf(known);
    if (problem.status === 500) log.error({ request: response.locals.id, err: error }, 'fault');
    if (response.headersSent) {
      log.warn({ request: response.locals.id, outcome: problem.outcome, detail: problem.detail }, 'broken off');
      response.destroy();
      return;
    }
    if (known instanceof HttpRefusal) response.set(known.headers);
    response.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
  };
}

/** What Express itself refuses: a path that does not decode. */
function readable(error: unknown): unknown {
  if (error instanceof HttpRefusal || isWeighbridgeError(error)) return error;
  const status = (error as { status?: unknown } | undefined)?.status;
  if (typeof status !== 'number' || status < 400 || status > 499) return error;
  return new HttpRefusal(status, 'MALFORMED', 'the request cannot be read', 'check its path and headers');
}
