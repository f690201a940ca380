import { HttpRefusal } from '@weighbridge/service-kit/problem';
import { parseRange } from '../byte-range.js';
import { knownRelease, refOf } from '../known-release.js';
import { sendVerifiedFile } from '../verified-file.js';
import { findManifest } from '@weighbridge/journeys/find-parts';
import { parseManifest } from '@weighbridge/manifest/parse-manifest';
import { route } from '../route.js';
import { FileParams } from '../schemas.js';

/** How long a channel may give nothing. */
const IDLE_MS = 20_000;

export const FILE_ROUTES = [
  route({
    method: 'get',
    path: '/v1/releases/{namespace}/{name}/{version}/files/{path...}',
    scope: 'read',
    summary: 'Bytes of a file of a release, each chunk verified before it leaves; takes one Range',
    params: FileParams,
    isLong: true,
    replies: {
      200: { description: 'the file', type: 'application/octet-stream' },
      206: { description: 'the range', type: 'application/octet-stream' },
    },
    handle: async ({ doors, params, signal, request }) => {
      const ref = refOf(params);
      const { digest, status } = await knownRelease(doors.chain, ref);
      if (status === 'revoked')
        throw new HttpRefusal(410, 'REVOKED', `${ref.name} was revoked`, 'use a newer release of the model');
      const release = { ref, releaseDigest: digest };
      const parts = { ...doors, signal, idleMs: IDLE_MS, faults: [] };
      const manifest = parseManifest(await findManifest(parts, release));
      const file = manifest.files.find(({ path }) => path === params.path);
      if (file === undefined)
        throw new HttpRefusal(404, 'USAGE', `${ref.name} has no such file`, 'its manifest lists its files');
      const range = parseRange(request.headers.range, file.size);
      return {
        stream: (response) =>
          sendVerifiedFile(response, parts, { release, manifest, file, range, isHead: request.method === 'HEAD' }),
      };
    },
  }),
];
