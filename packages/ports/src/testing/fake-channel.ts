import type { Digest, RelativePath } from '@weighbridge/core/brands';
import type { FullDigests } from '@weighbridge/core/digest-engine';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { bytesEqual } from '@weighbridge/core/hex';
import { sha3 } from '@weighbridge/core/sha3';
import { CHUNK_BYTES, chunkCount, chunkLength, leafAt } from '@weighbridge/core/tree';
import { MANIFEST_MAX_BYTES, type ManifestFile } from '@weighbridge/manifest/manifest';
import type {
  Channel,
  ChannelName,
  ChannelReceipt,
  ChannelState,
  CompleteOptions,
  FileSink,
  Publication,
  PublishedRelease,
  ReleaseToPublish,
} from '../channel.js';

/** What a fake holds of a release. The maps are open, so that a test can damage what is kept. */
export interface FakeRelease {
  readonly receipt: ChannelReceipt;
  manifest: Uint8Array | undefined;
  readonly leaves: Map<Digest, Uint8Array>;
  /** Chunks of each file, by tree root. */
  readonly chunks: Map<Digest, (Uint8Array | undefined)[]>;
}

type FakeFault = 'none' | 'unreachable' | 'silent';

/** A channel in memory. */
export class FakeChannel implements Channel {
  readonly releases = new Map<Digest, FakeRelease>();
  /** Chunks that wait in publications. */
  readonly waiting = new Set<Uint8Array>();
  fault: FakeFault = 'none';

  constructor(
    readonly name: ChannelName = 'ipfs',
    readonly location = `fake:${name}`,
  ) {}

  async publish(): Promise<Publication> {
    return new FakePublication(this);
  }

  async receipt(release: PublishedRelease, signal?: AbortSignal): Promise<ChannelReceipt | undefined> {
    await this.answer(signal);
    const receipt = this.releases.get(release.releaseDigest)?.receipt;
    return receipt?.ref.name === release.ref.name ? receipt : undefined;
  }

  async manifest(release: PublishedRelease, signal?: AbortSignal): Promise<Uint8Array> {
    const manifest = (await this.found(release, signal)).manifest ?? missing('its manifest');
    if (manifest.length > MANIFEST_MAX_BYTES) throw hostile('LIMIT', 'its manifest is too large');
    return manifest.slice();
  }

  async leaves(release: PublishedRelease, file: ManifestFile, signal?: AbortSignal): Promise<Uint8Array> {
    const leaves = (await this.found(release, signal)).leaves.get(file.tree) ?? missing(`leaves of ${file.path}`);
    if (leaves.length !== 64 * chunkCount(file.size)) throw hostile('TAMPERED', `leaves of ${file.path} are cut`);
    return leaves.slice();
  }

  async *open(
    release: PublishedRelease,
    file: ManifestFile,
    offsetBytes: number,
    signal?: AbortSignal,
  ): AsyncGenerator<Uint8Array> {
    for (let index = offsetBytes / CHUNK_BYTES; index < chunkCount(file.size); index += 1) {
      const chunk = (await this.found(release, signal)).chunks.get(file.tree)?.[index] ?? missing(file.path);
      if (chunk.length !== chunkLength(file.size, index))
        throw hostile('TAMPERED', `chunk ${index} of ${file.path} is cut`);
      yield chunk.slice();
    }
  }

  async probe(signal?: AbortSignal): Promise<ChannelState> {
    await this.answer(signal);
    const chunks = [...this.releases.values()].flatMap((release) => [...release.chunks.values()].flat());
    const sizeBytes = chunks.reduce((sum, chunk) => sum + (chunk?.length ?? 0), 0);
    return { location: this.location, sizeBytes, releases: this.releases.size };
  }

  async close(): Promise<void> {}

  private async found(release: PublishedRelease, signal?: AbortSignal): Promise<FakeRelease> {
    await this.answer(signal);
    return this.releases.get(release.releaseDigest) ?? missing(release.ref.name);
  }

  private async answer(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (this.fault === 'unreachable') throw hostile('UNVERIFIABLE', `${this.location} cannot be reached`);
    if (this.fault === 'silent') {
      await new Promise<never>((_, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      });
    }
  }
}

interface WaitingFile {
  readonly chunks: Uint8Array[];
  readonly sizeBytes: number;
  digests?: FullDigests;
}

class FakePublication implements Publication {
  private files: WaitingFile[] = [];

  constructor(private readonly channel: FakeChannel) {}

  async add(path: RelativePath, sizeBytes: number): Promise<FileSink> {
    const file: WaitingFile = { chunks: [], sizeBytes };
    this.files.push(file);
    return {
      write: async (bytes) => {
        const chunk = bytes.slice();
        file.chunks.push(chunk);
        this.channel.waiting.add(chunk);
      },
      finish: async (digests) => {
        const written = file.chunks.reduce((sum, chunk) => sum + chunk.length, 0);
        if (written !== digests.sizeBytes) throw hostile('TAMPERED', `${path} has ${written} bytes here`);
        file.digests = digests;
      },
    };
  }

  async complete(release: ReleaseToPublish, { signal, onBytes }: CompleteOptions = {}): Promise<ChannelReceipt> {
    signal?.throwIfAborted();
    const { ref, releaseDigest, manifest, canonical } = release;
    const receipt: ChannelReceipt = {
      channel: this.channel.name,
      ref,
      releaseDigest,
      root: releaseDigest.slice(0, 40),
    };
    const kept: FakeRelease = { receipt, manifest: canonical.slice(), leaves: new Map(), chunks: new Map() };
    for (const file of manifest.files) {
      const leaves = await release.leaves(file);
      const { chunks } = this.files.find(({ digests }) => digests?.tree === file.tree) ?? missing(file.path);
      if (!chunks.every((chunk, index) => bytesEqual(sha3(chunk), leafAt(leaves, index))))
        throw hostile('TAMPERED', `${file.path} reads back otherwise`);
      onBytes?.(file.size);
      if (file.size > 0) kept.leaves.set(file.tree, leaves.slice());
      kept.chunks.set(file.tree, chunks);
    }
    this.channel.releases.set(releaseDigest, kept);
    await this.abandon();
    return receipt;
  }

  async abandon(): Promise<void> {
    for (const chunk of this.files.flatMap(({ chunks }) => chunks)) this.channel.waiting.delete(chunk);
    this.files = [];
  }
}

function hostile(code: 'TAMPERED' | 'UNVERIFIABLE' | 'LIMIT', message: string): WeighbridgeError {
  return new WeighbridgeError(code, message, { hint: 'this is a fake' });
}

function missing(what: string): never {
  throw hostile('UNVERIFIABLE', `it does not hold ${what}`);
}
