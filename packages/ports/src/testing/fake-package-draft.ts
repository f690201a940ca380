import type { PackageDraft } from '../package-draft.js';
import type { ReadableFile } from '../release-folder.js';
import { FakeReleaseFolder } from './fake-release-folder.js';

/** A package that is written in memory. */
export class FakePackageDraft implements PackageDraft {
  readonly location = 'fake.wbdelta';
  /** What was published; undefined before. */
  published: Uint8Array | undefined;
  isClosed = false;
  /** What the disk makes of the sealed package. */
  disk: (bytes: Uint8Array) => Uint8Array = (bytes) => bytes;
  private readonly payloads: Uint8Array[] = [];
  private sealed: Uint8Array | undefined;

  /** The sealed package. */
  get bytes(): Uint8Array {
    if (this.sealed === undefined) throw new Error('nothing was sealed');
    return this.sealed;
  }

  async append(payload: Uint8Array): Promise<void> {
    if (this.sealed !== undefined) throw new Error('it is sealed');
    this.payloads.push(payload.slice());
  }

  async seal(head: Uint8Array): Promise<ReadableFile> {
    this.sealed = this.disk(new Uint8Array(Buffer.concat([head, ...this.payloads])));
    return new FakeReleaseFolder({ package: this.sealed }).open('package');
  }

  async publish(): Promise<void> {
    this.published = this.bytes;
  }

  async close(): Promise<void> {
    this.isClosed = true;
  }
}
