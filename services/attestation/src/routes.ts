import { openApiDocument } from './openapi-document.js';
import { type Route, route } from './route.js';
import { APPROVAL_ROUTES } from './routes/approvals.js';
import { DELTA_ROUTES } from './routes/deltas.js';
import { FILE_ROUTES } from './routes/files.js';
import { JOB_ROUTES } from './routes/jobs.js';
import { NAMESPACE_ROUTES } from './routes/namespaces.js';
import { OPERATION_ROUTES } from './routes/operations.js';
import { PART_ROUTES } from './routes/parts.js';
import { RELEASE_ROUTES } from './routes/releases.js';
import { UPLOAD_ROUTES } from './routes/uploads.js';

let document: object | undefined;

const DESCRIPTION = route({
  method: 'get',
  path: '/v1/openapi.json',
  scope: null,
  summary: 'This description',
  replies: { 200: { description: 'OpenAPI 3.1', type: 'application/json' } },
  handle: async () => {
    document ??= openApiDocument(ROUTES);
    return { status: 200, json: document };
  },
});

/** Every route of the service. */
export const ROUTES: readonly Route[] = [
  ...NAMESPACE_ROUTES,
  ...UPLOAD_ROUTES,
  ...RELEASE_ROUTES,
  ...APPROVAL_ROUTES,
  ...FILE_ROUTES,
  ...DELTA_ROUTES,
  ...JOB_ROUTES,
  ...PART_ROUTES,
  ...OPERATION_ROUTES,
  DESCRIPTION,
];
