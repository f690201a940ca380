import type { Digest } from '@weighbridge/core/brands';
import { WeighbridgeError } from '@weighbridge/core/errors';
import type { ReleaseRef } from '@weighbridge/core/names';
import { fromHex } from '@weighbridge/core/hex';
import { chunkCount, leavesMatch } from '@weighbridge/core/tree';
import type { Manifest, ManifestFile } from '@weighbridge/manifest/manifest';
import { releaseDigest } from '@weighbridge/manifest/parse-manifest';
import type { Channel, PublishedRelease } from '@weighbridge/ports/channel';
import type { ReleaseStore } from '@weighbridge/ports/release-store';
import { type ChannelFault, faultOf } from './channel-fault.js';
import { withIdleLimit } from './idle-limit.js';

export interface PartsDoors {
  /** What the home folder keeps; it is asked first. */
  readonly releases: ReleaseStore;
  readonly channels: readonly Channel[];
  readonly signal: AbortSignal;
  readonly idleMs: number;
  /** What channels did wrong is added here. */
  readonly faults: ChannelFault[];
}

/**
 * The manifest with the release digest, from the home folder or the first channel that has it. Its digest is compared
 * before it is parsed.
 * @throws TAMPERED when channels give other bytes alone; UNVERIFIABLE when none gives any
 */
export async function findManifest(doors: PartsDoors, release: PublishedRelease): Promise<Uint8Array> {
  const kept = await doors.releases.getManifest(release.releaseDigest);
  if (kept !== undefined) return kept;
  return firstGood(doors, release, `the manifest of ${release.ref.name}`, 'manifest.json', {
    ask: (channel, signal) => channel.manifest(release, signal),
    isGood: (bytes) => releaseDigest(bytes) === release.releaseDigest,
    expected: release.releaseDigest,
    digestOf: releaseDigest,
  });
}

/** Leaves of every file that has chunks, by tree root. @throws as `findManifest` */
export async function findLeaves(
  doors: PartsDoors,
  release: PublishedRelease,
  { files }: Manifest,
): Promise<Map<string, Uint8Array>> {
  const leaves = new Map<string, Uint8Array>();
  for (const file of files) {
    if (file.size > 0 && !leaves.has(file.tree)) leaves.set(file.tree, await leavesOf(doors, release, file));
  }
  return leaves;
}

async function leavesOf(doors: PartsDoors, release: PublishedRelease, file: ManifestFile): Promise<Uint8Array> {
  const matches = (bytes: Uint8Array): boolean => leavesMatch(bytes, file.size, file.tree);
  // The one leaf of a file of one chunk is its whole digest.
  const only = chunkCount(file.size) === 1 ? fromHex(file['sha3-512']) : undefined;
  if (only !== undefined && matches(only)) return only;
  const kept = await doors.releases.getLeaves(file.tree, file.size);
  if (kept !== undefined) return kept;
  return firstGood(doors, release, `the leaves of ${file.path}`, file.path, {
    ask: (channel, signal) => channel.leaves(release, file, signal),
    isGood: matches,
    expected: file.tree,
    digestOf: () => undefined,
  });
}

interface Wanted {
  readonly ask: (channel: Channel, signal: AbortSignal) => Promise<Uint8Array>;
  readonly isGood: (bytes: Uint8Array) => boolean;
  readonly expected: Digest;
  readonly digestOf: (bytes: Uint8Array) => Digest | undefined;
}

async function firstGood(
  doors: PartsDoors,
  { ref }: PublishedRelease,
  what: string,
  file: string,
  wanted: Wanted,
): Promise<Uint8Array> {
  const faults: ChannelFault[] = [];
  for (const channel of doors.channels) {
    try {
      const bytes = await askInTime(doors, channel, wanted);
      if (wanted.isGood(bytes)) {
        doors.faults.push(...faults);
        return bytes;
      }
      faults.push(wrongPart(channel, what, file, wanted, bytes));
    } catch (error) {
      doors.signal.throwIfAborted();
      faults.push(faultOf(channel.name, file, error));
    }
  }
  throw lostPart(ref, what, faults);
}

async function askInTime(doors: PartsDoors, channel: Channel, { ask }: Wanted): Promise<Uint8Array> {
  async function* once(signal: AbortSignal): AsyncGenerator<Uint8Array> {
    yield await ask(channel, signal);
  }
  for await (const bytes of withIdleLimit(once, doors.idleMs, doors.signal)) return bytes;
  throw new Error(`${channel.name} answered nothing`);
}

function wrongPart(channel: Channel, what: string, file: string, wanted: Wanted, bytes: Uint8Array): ChannelFault {
  const found = wanted.digestOf(bytes);
  return {
    channel: channel.name,
    problem: 'wrong',
    file,
    expected: wanted.expected,
    ...(found === undefined ? {} : { found }),
    message: `${channel.name}: what it gives for ${what} is not what was registered`,
  };
}

function lostPart(ref: ReleaseRef, what: string, faults: readonly ChannelFault[]): WeighbridgeError {
  const wrong = faults.find(({ problem }) => problem === 'wrong');
  const said = faults.length === 0 ? 'there is no channel' : faults.map(({ message }) => message).join('; ');
  const { message: _, problem: __, ...place } = wrong ?? faults[0] ?? { message: '', problem: '' };
  const details = { release: ref.name, ...place };
  return new WeighbridgeError(wrong === undefined ? 'UNVERIFIABLE' : 'TAMPERED', `no channel gives ${what}: ${said}`, {
    hint:
      wrong === undefined
        ? 'check with `weighbridge doctor` which channels can be reached and whether the release was published'
        : 'do not load it; have the publisher register and publish the same files again',
    details,
  });
}
