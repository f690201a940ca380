import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { expectOutcome, weighbridge } from '../support/command-line.js';
import { PILOT_2, prepared, type Sandbox, sandbox } from '../support/sandbox.js';
import { bearer, startService } from '../support/service.js';

interface Scene {
  readonly box: Sandbox;
  /** A home that has the chain and trust, and nothing of the release. */
  readonly device: string;
  readonly env: { readonly ipfs: Record<string, string>; readonly git: Record<string, string> };
}

/** A publisher who serves, and a device that has only addresses and a token. */
async function scene(): Promise<Scene> {
  const box = sandbox();
  const device = box.publisher('device');
  for (const name of ['ipfs', 'git', 'manifests', 'leaves', 'index.sqlite'])
    rmSync(join(device, name), { recursive: true });
  const home = box.publisher();
  const { token } = await bearer(home);
  const { ready } = await startService(['serve', '--port', '0'], { home });
  writeFileSync(box.at('token'), `${token}\n`);
  const git = { WEIGHBRIDGE_LFS_REMOTE: `${ready.url}/git`, WEIGHBRIDGE_LFS_TOKEN_FILE: box.at('token') };
  return { box, device, env: { ipfs: { WEIGHBRIDGE_IPFS_GATEWAY: ready.gateway! }, git } };
}

function expectModel(folder: string): void {
  for (const path of ['model.safetensors', 'config.json', 'tokenizer/vocab.txt'])
    expect(readFileSync(join(folder, path)).equals(readFileSync(join(prepared.model('pilot-2'), path))), path).toBe(
      true,
    );
}

test('a device fetches from a gateway, from a Git LFS server, and from both', async () => {
  const { box, device, env } = await scene();
  const ways = { ipfs: env.ipfs, 'git-lfs': env.git, both: { ...env.ipfs, ...env.git } };
  for (const [name, variables] of Object.entries(ways)) {
    const more = name === 'both' ? [] : ['--channel', name];
    const line = ['fetch', PILOT_2, '--to', box.at(name), ...more];
    const { answer } = await expectOutcome('OK', line, { home: device, env: variables });
    expect(answer).toMatchObject({ release: PILOT_2, faults: [] });
    expectModel(box.at(name));
    await expectOutcome('OK', ['verify', box.at(name)], { home: device });
    for (const part of ['manifests', 'leaves']) rmSync(join(device, part), { recursive: true, force: true });
  }
  const { answer } = await weighbridge(['doctor'], { home: device, env: ways.both });
  const parts = answer.parts as { name: string; state: string; where: string }[];
  expect(parts.find(({ name }) => name === 'git-lfs')?.where).toContain('http://127.0.0.1');
  expect(JSON.stringify(answer)).not.toContain(readFileSync(box.at('token'), 'utf8').trim());
});

test('a mirror that is down, or lies about everything, is passed over; alone it is refused', async () => {
  const { box, device, env } = await scene();
  const liar = await listening(createServer((_, response) => response.end('anything')));
  for (const [index, url] of [urlOf(liar), 'http://127.0.0.1:9'].entries()) {
    const variables = { WEIGHBRIDGE_IPFS_GATEWAY: url, ...env.git };
    const both = box.at(`both-${index}`);
    const { answer } = await expectOutcome('OK', ['fetch', PILOT_2, '--to', both], { home: device, env: variables });
    expect(answer).toMatchObject({ channel: 'ipfs' });
    expectModel(both);
    for (const part of ['manifests', 'leaves']) rmSync(join(device, part), { recursive: true, force: true });
    const alone = ['fetch', PILOT_2, '--to', box.at(`alone-${index}`), '--channel', 'ipfs'];
    await expectOutcome(index === 0 ? 'TAMPERED' : 'UNVERIFIABLE', alone, { home: device, env: variables });
  }
});

test('what is elsewhere is read only: register is USAGE and says what to do', async () => {
  const { box, device, env } = await scene();
  const line = ['register', prepared.model('tiny'), '--model', 'acme/other', '--version', '1.0.0'];
  await expectOutcome('USAGE', line, { home: device, env: env.git });
  await expectOutcome('OK', [...line, '--channel', 'ipfs'], { home: device, env: env.git });
  const both = { WEIGHBRIDGE_IPFS_API: 'http://127.0.0.1:5001', ...env.ipfs };
  await expectOutcome('USAGE', ['list'], { home: device, env: both });
  writeFileSync(box.at('token'), '\n');
  await expectOutcome('USAGE', ['fetch', PILOT_2, '--to', box.at('to')], { home: device, env: env.git });
});

async function listening(server: Server): Promise<Server> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return server;
}

function urlOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
