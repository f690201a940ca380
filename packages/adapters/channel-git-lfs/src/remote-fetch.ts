import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemErrorCode } from '@weighbridge/core/errors';
import type { ReleaseRef } from '@weighbridge/core/names';
import { makeRepository } from './bare-repository.js';
import { GitExit, runGit } from './git-command.js';
import { type RemoteAddress, repositoryUrl } from './remote-address.js';
import { gaveTooMuch, remoteFailure } from './remote-failure.js';
import { tagRef } from './repository-layout.js';

/** What git says where there is no such repository or tag. */
const ABSENT = /couldn't find remote ref|remote ref .* not found|repository '.*' not found/;
const WATCH_MS = 100;

export interface RemoteFetchOptions {
  readonly remote: RemoteAddress;
  readonly idleMs: number;
  /** A pack of more bytes is refused while it comes. */
  readonly maxPackBytes: number;
}

/**
 * Brings one tag of a remote repository into a bare one here: no history, no checkout, no hooks, no submodules, no
 * redirects.
 * @returns false when the remote has no such repository or tag
 * @throws UNVERIFIABLE, LIMIT, the signal's reason
 */
export async function fetchTag(
  repository: string,
  ref: ReleaseRef,
  { remote, idleMs, maxPackBytes }: RemoteFetchOptions,
  signal?: AbortSignal,
): Promise<boolean> {
  await makeRepository(repository);
  const url = repositoryUrl(remote, ref);
  const limitBytes = (await packBytes(repository)) + maxPackBytes;
  const watch = watchPacks(repository, limitBytes, signal);
  const flags = ['--progress', '--depth=1', '--no-tags', '--no-recurse-submodules', '--no-write-fetch-head', '--force'];
  try {
    await runGit(repository, ['fetch', ...flags, '--', url, `+${tagRef(ref)}:${tagRef(ref)}`], {
      settings: fetchSettings(idleMs),
      environment: { GIT_ALLOW_PROTOCOL: 'http:https', ...authorization(remote) },
      // git watches the connection itself, but not a server that packs without end; it tells its progress while it works.
      idleMs: idleMs * 2,
      signal: watch.signal,
    });
  } catch (cause) {
    signal?.throwIfAborted();
    if (watch.exceeded()) throw gaveTooMuch(url, maxPackBytes);
    if (cause instanceof GitExit && ABSENT.test(cause.stderr)) return false;
    throw remoteFailure(url, 'cannot be fetched from', cause);
  } finally {
    watch.end();
  }
  if ((await packBytes(repository)) <= limitBytes) return true;
  // It came faster than anybody looked.
  await rm(repository, { recursive: true, force: true });
  throw gaveTooMuch(url, maxPackBytes);
}

function fetchSettings(idleMs: number): string[] {
  return [
    'http.followRedirects=false',
    'http.lowSpeedLimit=1',
    `http.lowSpeedTime=${Math.max(1, Math.ceil(idleMs / 1000))}`,
    'fetch.fsckObjects=true',
    'fetch.unpackLimit=1',
    'submodule.recurse=false',
  ];
}

/** In the environment, where other users of the machine cannot read it. */
function authorization({ authorization: value, origin }: RemoteAddress): Record<string, string> {
  if (value === undefined) return {};
  return {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: `http.${origin}/.extraHeader`,
    GIT_CONFIG_VALUE_0: `Authorization: ${value}`,
  };
}

/** git has no limit of its own for what it fetches. */
function watchPacks(repository: string, maxBytes: number, signal: AbortSignal | undefined) {
  const stop = new AbortController();
  let exceeded = false;
  const timer = setInterval(async () => {
    exceeded ||= (await packBytes(repository)) > maxBytes;
    if (exceeded) stop.abort();
  }, WATCH_MS);
  return {
    signal: signal === undefined ? stop.signal : AbortSignal.any([stop.signal, signal]),
    exceeded: () => exceeded,
    end: () => clearInterval(timer),
  };
}

/** Of all packs, those that are still coming included. */
async function packBytes(repository: string): Promise<number> {
  const folder = join(repository, 'objects', 'pack');
  let bytes = 0;
  for (const name of await readdir(folder).catch(absent)) {
    bytes += await stat(join(folder, name)).then(
      ({ size }) => size,
      () => 0,
    );
  }
  return bytes;
}

function absent(error: unknown): string[] {
  if (systemErrorCode(error) !== undefined) return [];
  throw error;
}
