import type { DigestEngine } from '@weighbridge/core/digest-engine';
import { type Home, locateHome, prepareHome } from '@weighbridge/files-local/home';
import { acquireLock } from '@weighbridge/files-local/home-lock';
import { systemClock } from '@weighbridge/files-local/system-clock';
import type { KeyStore } from '@weighbridge/ports/key-store';
import type { ProgressListener } from '@weighbridge/ports/progress';
import type { GlobalFlags } from './global-flags.js';
import { parseDuration } from './quantities.js';
import type { Settings } from './settings.js';
import { unlockOnce } from './unlock-once.js';

/** What a command may reach. Doors are opened when they are first asked for and closed at the end. */
export interface Context {
  readonly home: Home;
  readonly progress: ProgressListener;
  readonly signal: AbortSignal;
  readonly nowSeconds: number;
  readonly keys: KeyStore;
  readonly passphraseFile: string | undefined;
  readonly lockTimeoutMs: number;
  readonly redisUrl: string | undefined;
  readonly settings: Settings;
  /** Whether stdout gets one JSON object. */
  readonly json: boolean;
  /** Whether stderr gets refusals alone. */
  readonly quiet: boolean;
  engine(): Promise<DigestEngine>;
  /** Runs a task as the one writer of the home folder, which is made if need be. @throws BUSY */
  asWriter<T>(task: () => Promise<T>): Promise<T>;
  /** Closes a door at the end of the command, whatever happens. */
  atEnd(close: () => Promise<void>): void;
  /** Runs the command and then closes what was opened, the newest first. */
  during<T>(command: () => Promise<T>): Promise<T>;
}

export function openContext(
  flags: GlobalFlags,
  settings: Settings,
  progress: ProgressListener,
  signal: AbortSignal,
): Context {
  const home = locateHome({ home: settings.home, env: process.env });
  const lockTimeoutMs = parseDuration(flags.lockTimeout, '--lock-timeout', 86_400) * 1000;
  const closers: (() => Promise<void>)[] = [];
  const atEnd = (close: () => Promise<void>): void => {
    closers.push(close);
  };
  let engine: Promise<DigestEngine> | undefined;
  return {
    home,
    progress,
    signal,
    get nowSeconds() {
      return systemClock.nowSeconds();
    },
    keys: lazyKeyStore(home, settings),
    passphraseFile: settings.passphraseFile,
    lockTimeoutMs,
    redisUrl: settings.redisUrl,
    settings,
    json: flags.json,
    quiet: flags.quiet,
    engine: () => {
      engine ??= openEngine(atEnd);
      return engine;
    },
    asWriter: async (task) => {
      await prepareHome(home);
      const lock = await acquireLock(home.lock, { timeoutMs: lockTimeoutMs, signal });
      try {
        return await task();
      } finally {
        await lock.release();
      }
    },
    atEnd,
    during: async (command) => {
      try {
        return await command();
      } finally {
        // Taken out: what is closed once is not closed again by whoever runs around this.
        await closeAll(closers.splice(0).reverse());
      }
    },
  };
}

async function openEngine(atEnd: Context['atEnd']): Promise<DigestEngine> {
  const { createNodeEngine } = await import('@weighbridge/keccak/node-engine');
  const engine = createNodeEngine();
  atEnd(() => engine.close());
  return engine;
}

/** A door that cannot be closed keeps no other open: a worker or a chain would outlive the command. */
async function closeAll(closers: readonly (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const close of closers) await close().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}

/** A device that verifies needs no key: what signs is loaded when it is first asked for. */
function lazyKeyStore(home: Home, settings: Settings): KeyStore {
  let opened: Promise<KeyStore> | undefined;
  const open = (): Promise<KeyStore> => {
    opened ??= import('@weighbridge/keys-local/local-key-store').then(({ createKeyStore }) =>
      createKeyStore({ folder: home.keys, passphrase: () => passphraseOf(home, settings) }),
    );
    return opened;
  };
  return unlockOnce({
    list: async () => (await open()).list(),
    create: async (name) => (await open()).create(name),
    unlock: async (name) => (await open()).unlock(name),
  });
}

async function passphraseOf(home: Home, settings: Settings): Promise<string> {
  const { readPassphrase } = await import('@weighbridge/keys-local/passphrase');
  return readPassphrase({ file: settings.passphraseFile, home: home.root, embedded: true, create: true });
}
