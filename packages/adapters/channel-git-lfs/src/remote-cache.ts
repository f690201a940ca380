import { rm } from 'node:fs/promises';
import { asIoError } from '@weighbridge/durable-files/io-error';
import { isWeighbridgeError } from '@weighbridge/core/errors';
import type { PublishedRelease } from '@weighbridge/ports/channel';
import { saysCorrupt } from './corrupt-objects.js';
import { GitExit } from './git-command.js';
import { inTurn } from './in-turn.js';
import { repositoryUrl } from './remote-address.js';
import { remoteFailure } from './remote-failure.js';
import { fetchTag, type RemoteFetchOptions } from './remote-fetch.js';
import { repositoryPath } from './repository-layout.js';

type Read = (repository: string) => Promise<Uint8Array>;

/** Commits of a remote that were fetched. What is found rotten there is thrown away and fetched anew, once. */
export class RemoteCache {
  private readonly fetched = new Set<string>();
  private readonly renewed = new Set<string>();

  constructor(
    private readonly folder: string,
    private readonly options: RemoteFetchOptions,
  ) {}

  pathOf({ ref }: PublishedRelease): string {
    return repositoryPath(this.folder, ref);
  }

  /** Once a release for this object's life: a tag never moves. @returns false when the remote does not have it */
  fetch(release: PublishedRelease, signal?: AbortSignal): Promise<boolean> {
    return inTurn(this.pathOf(release), () => this.fetchAlone(release, signal));
  }

  /** @returns where its commit lies @throws UNVERIFIABLE when the remote does not have it */
  async require(release: PublishedRelease, signal?: AbortSignal): Promise<string> {
    if (await this.fetch(release, signal)) return this.pathOf(release);
    throw this.absent(release);
  }

  /** Reads from the commit; what is not good is read once more from a commit that was fetched anew. */
  read(
    release: PublishedRelease,
    read: Read,
    isGood: (bytes: Uint8Array) => boolean,
    signal?: AbortSignal,
  ): Promise<Uint8Array> {
    const repository = this.pathOf(release);
    return inTurn(repository, async () => {
      if (!(await this.fetchAlone(release, signal))) throw this.absent(release);
      const first = await this.attempt(release, read(repository));
      if (first !== undefined && (isGood(first) || this.renewed.has(release.ref.name))) return first;
      await this.drop(release);
      if (!(await this.fetchAlone(release, signal))) throw this.absent(release);
      return read(repository);
    });
  }

  /** Undefined where another try may help. */
  private async attempt({ ref }: PublishedRelease, read: Promise<Uint8Array>): Promise<Uint8Array | undefined> {
    try {
      return await read;
    } catch (error) {
      const heals = isWeighbridgeError(error) && error.code !== 'LIMIT' && !this.renewed.has(ref.name);
      if (heals) return undefined;
      throw error;
    }
  }

  private async drop(release: PublishedRelease): Promise<void> {
    const repository = this.pathOf(release);
    this.renewed.add(release.ref.name);
    this.fetched.clear();
    await rm(repository, { recursive: true, force: true }).catch((cause: unknown) => {
      throw asIoError('remove', repository, cause);
    });
  }

  private async fetchAlone(release: PublishedRelease, signal: AbortSignal | undefined): Promise<boolean> {
    signal?.throwIfAborted();
    const { ref } = release;
    if (this.fetched.has(ref.name)) return true;
    const fetch = () => fetchTag(this.pathOf(release), ref, this.options, signal);
    const found = await fetch().catch(async (error: unknown) => {
      if (!this.mayHeal(release, error)) throw error;
      await this.drop(release);
      return fetch();
    });
    if (found) this.fetched.add(ref.name);
    return found;
  }

  /** git stumbles over what is rotten here, too, while it asks what is new there. */
  private mayHeal({ ref }: PublishedRelease, error: unknown): boolean {
    const cause = error instanceof Error ? error.cause : undefined;
    return cause instanceof GitExit && saysCorrupt(cause.stderr) && !this.renewed.has(ref.name);
  }

  private absent({ ref }: PublishedRelease): Error {
    return remoteFailure(repositoryUrl(this.options.remote, ref), `does not hold ${ref.name}`);
  }
}
