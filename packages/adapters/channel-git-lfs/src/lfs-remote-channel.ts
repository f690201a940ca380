import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { sha3Digest } from '@weighbridge/core/sha3';
import { leavesMatch } from '@weighbridge/core/tree';
import type { ManifestFile } from '@weighbridge/manifest/manifest';
import type { Channel, PublishedRelease } from '@weighbridge/ports/channel';
import { askBatch } from './batch-client.js';
import { findReceipt, readLeaves, readManifest } from './git-lfs-channel.js';
import { downloadObject } from './object-download.js';
import { parseRemote, type RemoteAddress, repositoryUrl } from './remote-address.js';
import { RemoteCache } from './remote-cache.js';
import { remoteFailure } from './remote-failure.js';
import { createRemoteHttp, readBody } from './remote-http.js';
import { readBlob } from './stored-weights.js';

export interface LfsRemoteOptions {
  /** http or https URL below which `<namespace>/<name>.git` lie. */
  readonly remote: string;
  /** A bearer token; in its place the URL may hold a name and a password. */
  readonly token?: string;
  /** Where commits are kept that were fetched; made at the first fetch. */
  readonly cacheFolder: string;
  /** How long a connection may give nothing; default 30 s. */
  readonly idleMs?: number;
  /** Of what lies in a commit beside the weights; default 4 GiB, since weights may lie there too. */
  readonly maxPackBytes?: number;
}

const IDLE_MS = 30_000;
const MAX_PACK_BYTES = 4 * 1024 ** 3;
const MAX_PROBE_BYTES = 64 * 1024;

/**
 * Reads releases from any Git LFS server: commits by a shallow fetch, weights by the batch API. Nothing it says is
 * believed.
 * @throws USAGE for an unusable URL
 */
export function createLfsRemoteChannel(options: LfsRemoteOptions): Channel {
  const { idleMs = IDLE_MS, maxPackBytes = MAX_PACK_BYTES } = options;
  const remote = parseRemote(options.remote, options.token);
  const folder = join(options.cacheFolder, cacheName(remote));
  const http = createRemoteHttp(remote, idleMs);
  const cache = new RemoteCache(folder, { remote, idleMs, maxPackBytes });

  async function* open(
    release: PublishedRelease,
    file: ManifestFile,
    offsetBytes: number,
    signal?: AbortSignal,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    signal?.throwIfAborted();
    const url = repositoryUrl(remote, release.ref);
    const object = { oid: file.sha256, sizeBytes: file.size };
    const action = file.size === 0 ? undefined : await askBatch(http, url, object, { idleMs, signal });
    if (action !== undefined) {
      const doors = { http, repositoryUrl: url, idleMs };
      return yield* downloadObject(doors, object, action, offsetBytes, signal);
    }
    // Not every file is an object: some lie in the commit.
    yield* readBlob(await cache.require(release, signal), release.ref, file, offsetBytes, signal);
  }

  return {
    name: 'git-lfs',
    location: remote.base,
    async publish() {
      throw new WeighbridgeError('USAGE', `${remote.base} can only be read`, {
        hint: 'publish into a home folder, and let `weighbridge serve` hand out its releases',
      });
    },
    async receipt(release, signal) {
      return (await cache.fetch(release, signal)) ? findReceipt(cache.pathOf(release), release, signal) : undefined;
    },
    manifest: (release, signal) =>
      cache.read(
        release,
        (repository) => readManifest(repository, release, signal),
        (bytes) => sha3Digest(bytes) === release.releaseDigest,
        signal,
      ),
    leaves: (release, file, signal) =>
      cache.read(
        release,
        (repository) => readLeaves(repository, release, file, signal),
        (bytes) => leavesMatch(bytes, file.size, file.tree),
        signal,
      ),
    open,
    async probe(signal) {
      signal?.throwIfAborted();
      const url = new URL(`${remote.base}/`);
      const response = await http.ask({ url, signal });
      // Any answer is one: there is no page that all servers have.
      await readBody(response, remote.base, { maxBytes: MAX_PROBE_BYTES, idleMs, signal }).catch(() => {
        signal?.throwIfAborted();
      });
      if ((response.statusCode ?? 0) >= 500) throw remoteFailure(remote.base, `answers ${response.statusCode}`);
      return { location: remote.base, sizeBytes: undefined, releases: undefined };
    },
    async close() {
      http.close();
    },
  };
}

/** Two remotes never share a cache. */
function cacheName({ base }: RemoteAddress): string {
  return createHash('sha256').update(base).digest('hex').slice(0, 32);
}
