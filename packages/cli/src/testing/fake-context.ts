import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Home, locateHome } from '@weighbridge/files-local/home';
import { FakeKeyStore } from '@weighbridge/ports/testing/fake-key-store';
import { FixedClock } from '@weighbridge/ports/testing/fixed-clock';
import type { Context } from '../context.js';
import type { Settings } from '../settings.js';

/** A context with an empty home folder, keys in memory and a clock that stands still. */
export class FakeContext implements Context {
  readonly home: Home = locateHome({ home: mkdtempSync(join(tmpdir(), 'weighbridge-cli-')), env: {} });
  readonly keys = new FakeKeyStore();
  readonly clock = new FixedClock(1_800_000_000);
  readonly progress = { start() {}, advance() {}, stop() {} };
  readonly signal: Context['signal'] = new AbortController().signal;
  readonly passphraseFile = undefined;
  readonly lockTimeoutMs = 0;
  readonly redisUrl = undefined;
  readonly settings: Settings = {
    home: undefined,
    passphraseFile: undefined,
    redisUrl: undefined,
    ipfsApi: undefined,
    ipfsTokenFile: undefined,
    ipfsGateway: undefined,
    lfsRemote: undefined,
    lfsTokenFile: undefined,
  };
  readonly json = false;
  readonly quiet = false;
  private readonly closers: (() => Promise<void>)[] = [];

  get nowSeconds(): number {
    return this.clock.nowSeconds();
  }

  async engine(): Promise<never> {
    throw new Error('this context digests nothing');
  }

  async asWriter<T>(task: () => Promise<T>): Promise<T> {
    return task();
  }

  atEnd(close: () => Promise<void>): void {
    this.closers.push(close);
  }

  async during<T>(command: () => Promise<T>): Promise<T> {
    return command();
  }

  /** Closes what was opened and removes the home folder. */
  async dispose(): Promise<void> {
    for (const close of this.closers) await close();
    rmSync(this.home.root, { recursive: true });
  }
}
