import { readSync } from 'node:fs';
import type { DigestEngine, DigestOptions, FullDigests, OpenedFile } from '@weighbridge/core/digest-engine';
import { digestsOf } from '@weighbridge/verify/testing/release';

/** Digests in memory, and remembers what was asked. */
export class FakeEngine implements DigestEngine {
  readonly name = 'fake';
  readonly asked: ('tree' | 'all')[] = [];
  /** Called after a file was read, before its digests are handed out. */
  afterRead: () => void = () => {};

  digestTree: DigestEngine['digestTree'] = async (file, options) => {
    const { sizeBytes, tree, leaves } = this.digest('tree', file, options);
    return { sizeBytes, tree, leaves };
  };

  digestAll: DigestEngine['digestAll'] = async (file, options) => this.digest('all', file, options);

  async close(): Promise<void> {}

  private digest(kind: 'tree' | 'all', { fd, sizeBytes }: OpenedFile, options: DigestOptions = {}): FullDigests {
    options.signal?.throwIfAborted();
    this.asked.push(kind);
    const bytes = new Uint8Array(sizeBytes);
    readSync(fd, bytes, 0, sizeBytes, 0);
    options.onBytes?.(sizeBytes);
    this.afterRead();
    return digestsOf(bytes);
  }
}
