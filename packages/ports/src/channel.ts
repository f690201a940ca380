import type { Digest, RelativePath } from '@weighbridge/core/brands';
import type { FullDigests } from '@weighbridge/core/digest-engine';
import type { ReleaseRef } from '@weighbridge/core/names';
import type { Manifest, ManifestFile } from '@weighbridge/manifest/manifest';

/** In the order in which answers name them. */
export const CHANNEL_NAMES = ['git-lfs', 'ipfs'] as const;
export type ChannelName = (typeof CHANNEL_NAMES)[number];

/** A release as a channel finds it. */
export interface PublishedRelease {
  readonly ref: ReleaseRef;
  readonly releaseDigest: Digest;
}

/** What a channel publishes beside the weights that its sinks took. */
export interface ReleaseToPublish extends PublishedRelease {
  readonly manifest: Manifest;
  /** The manifest's bytes. */
  readonly canonical: Uint8Array;
  /** True for what is no version of the model, such as an update package: no branch of it leads there. */
  readonly isBeside?: boolean;
  /** Leaves of a listed file that has any, checked against its tree root. */
  leaves(file: ManifestFile): Promise<Uint8Array>;
}

/** receipt-v1: where a channel keeps a release. */
export interface ChannelReceipt extends PublishedRelease {
  readonly channel: ChannelName;
  /** What the channel calls it: the CID of a folder, the id of a commit. */
  readonly root: string;
}

/** Takes the bytes of one file, in order. Nothing of it can be found before the publication is complete. */
export interface FileSink {
  /** Resolves when more may come; the buffer is the caller's again then. At most 1 MiB a call. @throws IO, UNVERIFIABLE */
  write(bytes: Uint8Array): Promise<void>;
  /**
   * Ends the file: what was written lies durably under names that follow from these digests, or waits to be named.
   * @throws TAMPERED when the store took other bytes; IO, UNVERIFIABLE
   */
  finish(digests: FullDigests): Promise<void>;
}

export interface CompleteOptions {
  readonly signal?: AbortSignal;
  /** Called with the bytes of weights that were read back since the last call. */
  readonly onBytes?: (bytes: number) => void;
}

/** One release on its way into one channel. */
export interface Publication {
  /** Opens the sink of a file; any number may be open. */
  add(path: RelativePath, sizeBytes: number): Promise<FileSink>;
  /**
   * Adds manifest and leaves, reads everything back as a reader would find it, and only then makes the release findable.
   * What was there already and is right stays; what is there and wrong is replaced. Publishing the same again is harmless.
   * @throws TAMPERED when what comes back is not what was published, or when another release stands under this version;
   *   IO, UNVERIFIABLE
   */
  complete(release: ReleaseToPublish, options?: CompleteOptions): Promise<ChannelReceipt>;
  /** Drops what waits in the store; does nothing after `complete`. Never throws. */
  abandon(): Promise<void>;
}

export interface ChannelState {
  /** Where it is: a folder or a URL without credentials. */
  readonly location: string;
  /** What it holds, update packages too, as far as it tells. */
  readonly sizeBytes: number | undefined;
  readonly releases: number | undefined;
}

/**
 * The door to a place that distributes releases. Whatever comes out of it is hostile until it was compared with a digest.
 *
 * Reads reject with UNVERIFIABLE when the channel cannot be reached or does not hold what is asked for, with TAMPERED
 * when what it holds cannot be what was published (a cut block, a broken index), with LIMIT when it gives more than
 * asked for, and with the signal's reason when that is aborted.
 */
export interface Channel {
  readonly name: ChannelName;
  readonly location: string;
  /** @throws USAGE where this channel can only be read */
  publish(ref: ReleaseRef): Promise<Publication>;
  /** Undefined when the channel does not hold the release under this name and digest. Looks at no weights. */
  receipt(release: PublishedRelease, signal?: AbortSignal): Promise<ChannelReceipt | undefined>;
  /** At most 16 MiB. */
  manifest(release: PublishedRelease, signal?: AbortSignal): Promise<Uint8Array>;
  /** At most 64 bytes a chunk of the file. */
  leaves(release: PublishedRelease, file: ManifestFile, signal?: AbortSignal): Promise<Uint8Array>;
  /**
   * The bytes of a file from an offset that is a multiple of 1 MiB to its end, in pieces of at most 1 MiB.
   * A piece is the consumer's until he asks for the next one. Ends early, without an error, at most where the place itself hides its loss:
   * a consumer counts the bytes.
   */
  open(
    release: PublishedRelease,
    file: ManifestFile,
    offsetBytes: number,
    signal?: AbortSignal,
  ): AsyncIterable<Uint8Array>;
  /** Whether it answers. @throws UNVERIFIABLE */
  probe(signal?: AbortSignal): Promise<ChannelState>;
  close(): Promise<void>;
}
