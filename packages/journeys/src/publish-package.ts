import type { Digest, ModelName, RelativePath, Version } from '@weighbridge/core/brands';
import { releaseRef } from '@weighbridge/core/names';
import { buildManifest, canonicalManifest } from '@weighbridge/manifest/build-manifest';
import { parseLicense } from '@weighbridge/manifest/license-facts';
import { releaseDigest } from '@weighbridge/manifest/parse-manifest';
import type { Channel, ChannelReceipt } from '@weighbridge/ports/channel';
import type { ReleaseFolder } from '@weighbridge/ports/release-folder';
import { digestFiles } from './digest-files.js';
import { type PublishDoors, releaseToPublish, startPublishing } from './publish.js';

/** Digits of the package digest in the name that channels give a package: a version has at most 64 characters. */
const NAMED_DIGITS = 56;

export interface PackageToPublish {
  readonly packageDigest: Digest;
  /** Of the release that it writes. */
  readonly model: ModelName;
  readonly versionCode: number;
  /** Holds the package alone, under this name. */
  readonly folder: ReleaseFolder;
  readonly path: RelativePath;
}

/** CID of the package's own bytes beside where a channel keeps them. */
export type PackageReceipt = Pick<ChannelReceipt, 'channel' | 'root'> & { readonly cid: string };

/**
 * Publishes an update package and has the channel read it back: a folder of one file under the model that it updates, as
 * `delta-<56 digits of the package digest>`. No chain knows it; whoever applies it compares every byte.
 * @throws what the channel throws
 */
export async function publishPackage(
  doors: PublishDoors,
  channel: Channel,
  { packageDigest, model, versionCode, folder, path }: PackageToPublish,
): Promise<PackageReceipt> {
  const version = `delta-${packageDigest.slice(0, NAMED_DIGITS)}` as Version;
  const ref = releaseRef(model, version);
  const publishing = await startPublishing([channel], ref, doors);
  try {
    const entries = (await folder.scan([])).entries.filter((entry) => entry.path === path);
    const digested = await digestFiles({ ...doors, folder }, entries, 'publishing', (opened, options) =>
      publishing.digest(path, opened, options),
    );
    const files = digested.map(({ digests }) => ({ path, digests }));
    const manifest = buildManifest({ model, version, versionCode, license: parseLicense(undefined) }, files);
    const canonical = canonicalManifest(manifest);
    const release = releaseToPublish({ ref, releaseDigest: releaseDigest(canonical), manifest, canonical, files });
    const [receipt] = await publishing.complete({ ...release, isBeside: true });
    return { channel: receipt!.channel, root: receipt!.root, cid: manifest.files[0]!.cid };
  } finally {
    await publishing.abandon();
  }
}
