import type { Address, Digest, ModelName, Version } from '@weighbridge/core/brands';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { type ReleaseRef, releaseRef } from '@weighbridge/core/names';
import { buildManifest, canonicalManifest, type DigestedFile } from '@weighbridge/manifest/build-manifest';
import { compareFiles, firstDifferingMember } from '@weighbridge/manifest/compare-manifests';
import { contentDigest } from '@weighbridge/manifest/content-digest';
import type { Manifest } from '@weighbridge/manifest/manifest';
import { parseManifest, releaseDigest } from '@weighbridge/manifest/parse-manifest';
import type { Chain, NamespaceRecord, ReleaseRecord } from '@weighbridge/ports/chain';
import type { Channel, ChannelReceipt } from '@weighbridge/ports/channel';
import type { ReleaseStore } from '@weighbridge/ports/release-store';
import type { Signer } from '@weighbridge/ports/signer';
import { type DigestDoors, digestFiles } from './digest-files.js';
import { revokedRelease } from './find-release.js';
import { inParallel } from './in-parallel.js';
import { type Publishing, releaseToPublish, startPublishing } from './publish.js';
import { scanRelease } from './scan-release.js';

const MAX_CODE_STEP = 2 ** 32;
/** Each waits for its own fsync; together they take a third of the time. */
const KEPT_AT_ONCE = 16;

export interface RegisterOrder {
  readonly model: ModelName;
  readonly version: Version;
  readonly versionCode: number | undefined;
  /** SPDX expression or NOASSERTION, already parsed. */
  readonly license: string;
}

export interface RegisterDoors extends DigestDoors {
  /** Undefined where there is no chain yet: everything is then unclaimed. */
  readonly chain: Chain | undefined;
  readonly releases: ReleaseStore;
  /** Where it is published; the bytes go there while they are digested. */
  readonly channels: readonly Channel[];
}

/** A release that passed every gate and waits to be attested. */
export interface PreparedRelease {
  readonly ref: ReleaseRef;
  readonly manifest: Manifest;
  readonly canonical: Uint8Array;
  readonly releaseDigest: Digest;
  readonly contentDigest: Digest;
  readonly files: readonly DigestedFile[];
  /** True when the chain has this very record already. */
  readonly isRegistered: boolean;
  /** What the channels took and hold back; to be abandoned when the release is not attested. */
  readonly publishing: Publishing;
}

export interface Attestation {
  readonly created: boolean;
  readonly final: boolean;
  /** Where it was published and read back. */
  readonly receipts: readonly ChannelReceipt[];
}

export interface AttestDoors {
  readonly chain: Chain;
  readonly releases: ReleaseStore;
}

/**
 * The first half of the journey, after which nothing can be found anywhere yet:
 * scan → refuse early what the chain would refuse → digest, while the channels take the bytes → build the manifest →
 * compare with the record.
 * @param publisher who will sign, or undefined when the namespace is to be claimed first
 */
export async function prepareRelease(
  doors: RegisterDoors,
  order: RegisterOrder,
  publisher: Address | undefined,
): Promise<PreparedRelease> {
  const ref = releaseRef(order.model, order.version);
  const files = await scanRelease(doors.folder);
  const record = await doors.chain?.release(ref);
  const namespace = await doors.chain?.namespace(ref.namespace);
  requirePublisher(ref, namespace, publisher);
  if (record?.status === 'revoked') throw revokedRelease(ref, 'it cannot be registered again');
  const versionCode = await chooseVersionCode(doors.chain, order, record);
  const publishing = await startPublishing(doors.channels, ref, doors);
  try {
    const digested = await digestFiles(doors, files, 'digesting', (opened, options, { path }) =>
      publishing.digest(path, opened, options),
    );
    const digestedFiles = digested.map(({ file, digests }) => ({ path: file.path, digests }));
    const manifest = buildManifest({ ...order, versionCode }, digestedFiles);
    const canonical = canonicalManifest(manifest);
    const digest = releaseDigest(canonical);
    if (record !== undefined && record.digest !== digest)
      throw await conflict(doors.releases, ref, record, manifest, digest);
    return {
      ref,
      manifest,
      canonical,
      releaseDigest: digest,
      contentDigest: contentDigest(manifest.files),
      files: digestedFiles,
      isRegistered: record !== undefined,
      publishing,
    };
  } catch (error) {
    await publishing.abandon();
    throw error;
  }
}

/**
 * The second half: keep manifest and leaves → publish and read back, so that whatever the chain names can be found →
 * attest on chain.
 */
export async function attestRelease(
  { chain, releases }: AttestDoors,
  prepared: PreparedRelease,
  publisher: Signer,
): Promise<Attestation> {
  await keepRelease(releases, prepared);
  const receipts = await prepared.publishing.complete(releaseToPublish(prepared));
  if (prepared.isRegistered) return { created: false, final: true, receipts };
  const { ref, manifest, releaseDigest: digest } = prepared;
  const receipt = await chain.register({ ref, versionCode: manifest.versionCode, digest }, publisher);
  return { created: true, final: receipt.final, receipts };
}

async function keepRelease(
  releases: ReleaseStore,
  { canonical, releaseDigest: digest, files }: PreparedRelease,
): Promise<void> {
  await inParallel(files, KEPT_AT_ONCE, ({ digests }) => releases.putLeaves(digests.tree, digests.leaves));
  await releases.putManifest(digest, canonical);
}

function requirePublisher(
  ref: ReleaseRef,
  namespace: NamespaceRecord | undefined,
  publisher: Address | undefined,
): void {
  if (namespace === undefined || namespace.publisher === publisher) return;
  throw new WeighbridgeError('UNTRUSTED', `only ${namespace.publisher} may publish in the namespace ${ref.namespace}`, {
    hint: `sign with that key (--as), see \`weighbridge namespace show ${ref.namespace}\``,
    details: { release: ref.name },
  });
}

/** An existing version keeps its own code; a new one is above the model's latest by 1 to 2^32. */
async function chooseVersionCode(
  chain: Chain | undefined,
  order: RegisterOrder,
  record: ReleaseRecord | undefined,
): Promise<number> {
  if (record !== undefined) return order.versionCode ?? record.versionCode;
  const latest = (await chain?.model(order.model))?.latest ?? 0;
  const code = order.versionCode ?? latest + 1;
  const release = releaseRef(order.model, order.version).name;
  if (code <= latest) {
    throw new WeighbridgeError(
      'ROLLBACK',
      `version code ${code} does not rise above ${latest}, the latest of ${order.model}`,
      {
        hint: `use --version-code ${latest + 1} or leave it out`,
        details: { release, expected: String(latest + 1), found: String(code) },
      },
    );
  }
  if (code > latest + MAX_CODE_STEP) {
    throw new WeighbridgeError(
      'USAGE',
      `version code ${code} is more than 2^32 above ${latest}, the latest of ${order.model}`,
      {
        hint: `use --version-code ${latest + 1} or leave it out`,
        details: { release },
      },
    );
  }
  return code;
}

/** Other bytes under a registered version are TAMPERED; the same bytes with other facts are a mistake of the caller. */
async function conflict(
  releases: ReleaseStore,
  ref: ReleaseRef,
  record: ReleaseRecord,
  offered: Manifest,
  digest: Digest,
): Promise<WeighbridgeError> {
  const bytes = await releases.getManifest(record.digest);
  const registered = bytes === undefined ? undefined : parseManifest(bytes);
  const [difference] = registered === undefined ? [] : compareFiles(registered, offered);
  if (registered !== undefined && difference === undefined) {
    const member = firstDifferingMember(registered, offered);
    return new WeighbridgeError('USAGE', `${ref.name} is registered with another ${member}; the files are the same`, {
      hint: `repeat what was registered (\`weighbridge show ${ref.name} --manifest\`) or register a new version`,
      details: { release: ref.name, expected: record.digest, found: digest, member },
    });
  }
  const where = difference === undefined ? '' : `: ${difference.path} was ${difference.kind}`;
  return new WeighbridgeError('TAMPERED', `${ref.name} is registered with other files${where}`, {
    hint: 'a version never changes: register these files under a new version',
    details: {
      release: ref.name,
      ...(difference === undefined ? {} : { file: difference.path }),
      expected: record.digest,
      found: digest,
    },
  });
}
