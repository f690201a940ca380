import { OpenApiGeneratorV31, OpenAPIRegistry, type RouteConfig } from '@asteasolutions/zod-to-openapi';
import type { ReplySpec, Route } from './route.js';
import { ProblemSchema } from './schemas.js';

/** The OpenAPI document of the routes. */
export function openApiDocument(routes: readonly Route[]): object {
  const registry = new OpenAPIRegistry();
  const bearer = registry.registerComponent('securitySchemes', 'bearer', { type: 'http', scheme: 'bearer' });
  for (const route of routes) registry.registerPath(pathOf(route, bearer.name));
  return new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Weighbridge',
      version: '1',
      description: 'Registers, approves and distributes model releases. Errors are RFC 9457 problems with an outcome.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
  });
}

function pathOf(route: Route, security: string): RouteConfig {
  const { method, path, summary, scope, params, query, body, replies } = route;
  const content =
    body === 'stream'
      ? { 'application/octet-stream': { schema: { type: 'string' as const, format: 'binary' } } }
      : body === undefined
        ? undefined
        : { 'application/json': { schema: body } };
  return {
    method,
    path: path.replace('...', ''),
    operationId: operationId(route),
    summary,
    description: scope === null ? 'Needs no token.' : `Needs a token with the scope \`${scope}\`.`,
    security: scope === null ? [] : [{ [security]: [] }],
    request: {
      ...(params && { params }),
      ...(query && { query }),
      ...(content && { body: { required: true, content } }),
    },
    responses: {
      ...Object.fromEntries(Object.entries(replies).map(([status, reply]) => [status, replyOf(reply)])),
      default: { description: 'a problem', content: { 'application/problem+json': { schema: ProblemSchema } } },
    },
  };
}

function replyOf({ description, schema, type }: ReplySpec) {
  if (schema !== undefined) return { description, content: { 'application/json': { schema } } };
  return type === undefined
    ? { description }
    : { description, content: { [type]: { schema: { type: 'string' as const } } } };
}

function operationId({ method, path }: Route): string {
  return `${method}${path.replace(/[{}.]/g, '').replace(/(^|[/-])(\w)/g, (_, __, letter: string) => letter.toUpperCase())}`;
}
