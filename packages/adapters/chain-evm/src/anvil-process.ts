import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import { arch, platform } from 'node:os';
import { WeighbridgeError } from '@weighbridge/core/errors';

export interface AnvilProcess {
  /** Loopback URL of its JSON-RPC. */
  readonly url: string;
  /** Resolves when it is gone. */
  stop(): Promise<void>;
}

export interface AnvilOptions {
  /** A state that an earlier process dumped. */
  readonly stateFile?: string | undefined;
  /** Other values of anvil's settings, by name; no text for those that have no value. */
  readonly settings?: Readonly<Record<string, string>>;
}

export const EMBEDDED_CHAIN_ID = 31337;

const START_WITHIN_MS = 20_000;
const LISTENING = /Listening on 127\.0\.0\.1:(\d+)/;

/**
 * The watcher's `read` ends when the pipe from us closes: by our word, or with our death, even by SIGKILL. Neither
 * anvil nor the watcher needs the shell for it. They are in nobody's foreground, so that ctrl-C reaches us alone.
 */
const SUPERVISE = `trap '' INT TERM HUP
exec 3<&0 </dev/null
"$@" 3<&- & anvil=$!
( read -r _ <&3; kill -9 $anvil ) & watcher=$!
wait $anvil
kill -9 $watcher`;

/** The same genesis everywhere; time is set after the start. */
const SETTINGS: Readonly<Record<string, string>> = {
  host: '127.0.0.1',
  port: '0',
  'chain-id': String(EMBEDDED_CHAIN_ID),
  timestamp: '1767225600',
  hardfork: 'prague',
  'slots-in-an-epoch': '2',
  accounts: '0',
  'no-cors': '',
};

/**
 * Starts an anvil of our own on a free loopback port. It ends with `stop`, or with this process, whatever ends that.
 * @throws UNVERIFIABLE when it does not start
 */
export async function startAnvil({ stateFile, settings }: AnvilOptions): Promise<AnvilProcess> {
  const all = { ...SETTINGS, ...settings, ...(stateFile !== undefined && { 'load-state': stateFile }) };
  const flags = Object.entries(all).flatMap(([name, value]) => (value === '' ? [`--${name}`] : [`--${name}`, value]));
  const shell = spawn('/bin/sh', ['-c', SUPERVISE, 'sh', anvilBinary(), ...flags], {
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    // not its own folder in the user's home, nothing of the user's settings
    env: { PATH: '/usr/bin:/bin', HOME: '/nonexistent' },
  });
  const gone = new Promise<void>((resolve) => shell.once('close', () => resolve()));
  const stop = async () => {
    hold(shell, true);
    shell.stdin?.end();
    await gone;
  };
  try {
    const url = `http://127.0.0.1:${await readPort(shell)}`;
    hold(shell, false);
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Whether this process stays alive for it: not while it only serves. */
function hold(shell: ChildProcess, held: boolean): void {
  for (const handle of [shell, shell.stdin, shell.stdout, shell.stderr] as readonly (Partial<Socket> | null)[]) {
    if (held) handle?.ref?.();
    else handle?.unref?.();
  }
}

/** The platform's binary itself: the wrapper would stay between us and the process that has to end. */
function anvilBinary(): string {
  const names: Record<string, string> = { x64: 'amd64', arm64: 'arm64' };
  const name = `@foundry-rs/anvil-${platform()}-${names[arch()] ?? arch()}`;
  try {
    const wrapper = createRequire(import.meta.url).resolve('@foundry-rs/anvil/package.json');
    return createRequire(wrapper).resolve(`${name}/bin/anvil`);
  } catch (cause) {
    throw new WeighbridgeError('UNVERIFIABLE', `the embedded chain needs ${name}, which is not installed`, {
      hint: 'run pnpm install, or set WEIGHBRIDGE_RPC_URL to a chain of your own',
      cause,
    });
  }
}

/** Its output goes on being read: a full pipe would stop it. */
function readPort(shell: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const timer = setTimeout(() => reject(didNotStart(text)), START_WITHIN_MS);
    const settle = (done: () => void) => {
      clearTimeout(timer);
      done();
    };
    const onText = (part: Buffer) => {
      if (text.length < 100_000) text += part.toString();
      const port = LISTENING.exec(text)?.[1];
      if (port !== undefined) settle(() => resolve(port));
    };
    shell.stdout?.on('data', onText);
    shell.stderr?.on('data', onText);
    shell.once('error', (error) => settle(() => reject(error)));
    shell.once('close', () => settle(() => reject(didNotStart(text))));
  });
}

function didNotStart(text: string): WeighbridgeError {
  const last = text.trim().split('\n').at(-1)?.slice(0, 300) ?? '';
  return new WeighbridgeError('UNVERIFIABLE', `the embedded chain did not start: ${last || 'it said nothing'}`, {
    hint: 'free some memory and try again',
  });
}
