import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { isWeighbridgeError } from '@weighbridge/core/errors';
import { parseReleaseRef, type ReleaseRef } from '@weighbridge/core/names';
import { makeProcessFolder } from '@weighbridge/durable-files/process-folder';
import { openFetchPlace } from '@weighbridge/files-local/local-fetch-place';
import { openReleaseFolder } from '@weighbridge/files-local/local-release-folder';
import type { DeltaSide } from '@weighbridge/journeys/build-package';
import { requireRelease, revokedRelease } from '@weighbridge/journeys/find-release';
import { type OpenedContent, openContent } from '@weighbridge/journeys/open-content';
import { openReleaseSide } from '@weighbridge/journeys/open-release-side';
import { scanRelease } from '@weighbridge/journeys/scan-release';
import type { ReleaseRecord } from '@weighbridge/ports/chain';
import { openChannels } from './channels.js';
import type { Context } from './context.js';
import { openChainToRead, openChainToWrite, requireChain } from './embedded-chain.js';
import { openReleases } from './releases.js';
import { sealForDevice } from './seal-for-device.js';

const IDLE_MS = 30_000;
const MAX_AGE_SECONDS = 30 * 86_400;

export interface NamedSide {
  readonly side: DeltaSide;
  /** The release that was named; undefined for a path. */
  readonly ref: ReleaseRef | undefined;
}

/**
 * Opens what `--from` or `--to` names: a folder or file where there is one, else a registered release out of the channels.
 * @throws USAGE when it is neither; MALFORMED, UNSAFE_MODEL for a folder that could be no release
 */
export async function openNamedSide(context: Context, name: string, step: string): Promise<NamedSide> {
  const ref = lstatSync(name, { throwIfNoEntry: false }) === undefined ? releaseNamed(name) : undefined;
  if (ref !== undefined) return { side: await openRelease(context, ref, step), ref };
  const content = await openPath(context, name, step);
  return { side: { content, pinned: { kind: 'content', contentDigest: content.contentDigest } }, ref: undefined };
}

/** The bundle of a target that is a registered release. @throws NOT_APPROVED, REVOKED */
export async function bundleOfTarget(context: Context, ref: ReleaseRef): Promise<Uint8Array> {
  return context.asWriter(async () => {
    const chain = await openChainToWrite(context);
    const { bytes, claim } = await sealForDevice(context, chain, ref, MAX_AGE_SECONDS);
    if (claim.status === 'revoked') throw revokedRelease(ref, 'no device would install it');
    return bytes;
  });
}

function releaseNamed(name: string): ReleaseRef | undefined {
  if (!name.includes('@')) return undefined;
  try {
    return parseReleaseRef(name);
  } catch (error) {
    if (isWeighbridgeError(error)) return undefined;
    throw error;
  }
}

async function openPath(context: Context, path: string, step: string): Promise<OpenedContent> {
  const { progress, signal } = context;
  const folder = await openReleaseFolder(path);
  const paths = (await scanRelease(folder)).map((file) => file.path);
  const content = await openContent({ engine: await context.engine(), progress, signal }, folder, paths, step);
  context.atEnd(() => content.close());
  return content;
}

async function recordOf(context: Context, ref: ReleaseRef): Promise<ReleaseRecord> {
  await requireChain(context, ref);
  return requireRelease(await openChainToRead(context), ref);
}

/** The release lies in a folder of this process alone for as long as the command runs. */
async function openRelease(context: Context, ref: ReleaseRef, step: string): Promise<DeltaSide> {
  const { digest: releaseDigest } = await recordOf(context, ref);
  const own = await makeProcessFolder(join(context.home.fetching, 'delta'));
  context.atEnd(() => own.remove());
  const lock = { timeoutMs: context.lockTimeoutMs, signal: context.signal };
  const doors = {
    place: await openFetchPlace(context.home, releaseDigest, join(own.path, 'release'), lock),
    openFolder: openReleaseFolder,
    releases: openReleases(context),
    channels: await openChannels(context),
    engine: await context.engine(),
    idleMs: IDLE_MS,
    progress: context.progress,
    signal: context.signal,
  };
  const side = await openReleaseSide(doors, { ref, releaseDigest }, step);
  context.atEnd(() => side.content.close());
  return side;
}
