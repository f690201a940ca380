import { existsSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { ChannelPlace, StoredPiece, StoreFault } from '@weighbridge/ports/testing/channel-suite';
import { createKuboChannel } from '../kubo-channel.js';
import { damageFile, pieceCid, testEngine } from './store-place.js';

/** URL of the RPC that the environment names; undefined, and loudly so, where there is none. */
export function kuboApi(): string | undefined {
  const { WEIGHBRIDGE_TEST_KUBO_API: api } = process.env;
  if (api === undefined) {
    process.stderr.write(
      'NOT RUN: tests against a real Kubo: start one (scripts/kubo.sh start DIR) and set ' +
        'WEIGHBRIDGE_TEST_KUBO_API to what it prints\n',
    );
  }
  return api;
}

export async function rpc(api: string, call: string, ...args: readonly string[]): Promise<string> {
  const query = new URLSearchParams(args.map((arg): [string, string] => arg.split(/=(.*)/, 2) as [string, string]));
  const response = await fetch(`${api}/api/v0/${call}?${query}`, { method: 'POST' });
  return response.text();
}

export async function pinned(api: string): Promise<string[]> {
  const { Keys } = JSON.parse(await rpc(api, 'pin/ls', 'type=recursive')) as { Keys?: Record<string, unknown> };
  return Object.keys(Keys ?? {});
}

/** The channel of a node that holds nothing, behind a proxy that can be torn. */
export async function kuboPlace(api: string): Promise<ChannelPlace> {
  const { RepoPath: repository } = JSON.parse(await rpc(api, 'repo/stat')) as { RepoPath: string };
  // Everything in the node goes: it must be one that kubo.sh started.
  if (!existsSync(join(repository, 'daemon.pid'))) throw new Error(`${repository} was not made by scripts/kubo.sh`);
  await empty(api);
  const proxy = await startProxy(Number(new URL(api).port));
  const open = () => createKuboChannel({ api: proxy.url, engine: testEngine });
  const channel = open();
  return {
    channel,
    publisher: channel,
    reopen: async () => open(),
    damage: async (piece, fault) => damage(repository, piece, fault),
    countObjects: async () => (await pinned(api)).length,
    disconnect: proxy.close,
    stall: async () => proxy.stall(),
    dispose: async () => {
      await channel.close();
      await proxy.close();
      await empty(api);
    },
  };
}

/** Flatfs names files by the base32 of the multihash, in upper case. */
export function blockFile(repository: string, piece: StoredPiece): string {
  const multihash = base32(pieceCid(piece).bytes.subarray(2)).toUpperCase();
  return join(repository, 'blocks', multihash.slice(-3, -1), `${multihash}.data`);
}

function base32(bytes: Uint8Array): string {
  let bits = '';
  for (const byte of bytes) bits += byte.toString(2).padStart(8, '0');
  const digits = bits.match(/.{1,5}/g) ?? [];
  return digits.map((five) => 'abcdefghijklmnopqrstuvwxyz234567'[Number.parseInt(five.padEnd(5, '0'), 2)]).join('');
}

function damage(repository: string, piece: StoredPiece, fault: StoreFault): void {
  damageFile(blockFile(repository, piece), fault);
}

/** Files that a test replaced by something else are put in order before the node collects its garbage. */
async function empty(api: string): Promise<void> {
  await rpc(api, 'files/rm', 'arg=/weighbridge', 'recursive=true', 'force=true');
  for (const cid of await pinned(api)) await rpc(api, 'pin/rm', `arg=${cid}`);
  await rpc(api, 'repo/gc', 'silent=true');
}

async function startProxy(port: number) {
  const sockets = new Set<Socket>();
  let isSilent = false;
  const server = createServer((socket) => {
    const node = connect(port, '127.0.0.1');
    for (const each of [socket, node]) {
      sockets.add(each);
      each.on('error', () => {});
      each.on('close', () => {
        socket.destroy();
        node.destroy();
      });
    }
    socket.on('data', (bytes) => {
      if (!isSilent) node.write(bytes);
    });
    node.on('data', (bytes) => {
      if (!isSilent) socket.write(bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as { port: number }).port}`,
    stall: () => {
      isSilent = true;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
