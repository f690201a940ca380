import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startDistributor } from '@weighbridge/distributor/start-distributor';
import { startHashingWorker } from '@weighbridge/hashing-worker/start-hashing-worker';
import { FILES, House, guardian, publisher, witness } from '@weighbridge/journeys/testing/house';
import { sealBundle } from '@weighbridge/journeys/seal-bundle';
import { startOtaBuilder } from '@weighbridge/ota-builder/start-ota-builder';
import type { Queue } from '@weighbridge/ports/queue';
import { FakeChannel } from '@weighbridge/ports/testing/fake-channel';
import { FakeDocument } from '@weighbridge/ports/testing/fake-document';
import { FakeReleaseIndex } from '@weighbridge/ports/testing/fake-release-index';
import { createLocalQueue } from '@weighbridge/queue-local/local-queue';
import { createDeltaShelf } from '@weighbridge/service-kit/delta-shelf';
import { createReleaseSources } from '@weighbridge/service-kit/release-source';
import { type Running, together } from '@weighbridge/service-kit/running';
import { createServiceLog } from '@weighbridge/service-kit/service-log';
import { createServiceMetrics } from '@weighbridge/service-kit/service-metrics';
import { makeToken, SCOPES, type Scope } from '@weighbridge/service-kit/token';
import { writeTokens } from '@weighbridge/service-kit/token-book';
import { createUploads } from '@weighbridge/service-kit/uploads';
import type { AttestationDoors } from '../attestation-doors.js';
import { startAttestation } from '../start-attestation.js';

export type Answer = { status: number; body: Record<string, unknown>; headers: Headers };

/** A publisher's house with all three services over it, on loopback. */
export class ServedHouse {
  readonly house = new House();
  readonly folder = mkdtempSync(join(tmpdir(), 'served-house-'));
  readonly ipfs = new FakeChannel('ipfs');
  readonly git = new FakeChannel('git-lfs');
  readonly tokens = new FakeDocument();
  readonly index = new FakeReleaseIndex();
  readonly bearers = new Map<string, string>();
  readonly log = createServiceLog('test', (process.env.TEST_LOG as 'debug' | undefined) ?? 'silent');
  queue!: Queue;
  url = '';
  private running: Running | undefined;

  async start(change: Partial<AttestationDoors> = {}, requestsPerMinute = 100_000): Promise<this> {
    for (const [path, text] of Object.entries(FILES)) this.put(`roots/pilot/${path}`, text);
    mkdirSync(join(this.folder, 'uploads'), { recursive: true });
    await this.keepTokens();
    this.queue = await createLocalQueue({ folder: join(this.folder, 'queue') });
    const doors = { ...this.doors(), ...change };
    const settings = { host: '127.0.0.1', port: 0, requestsPerMinute, concurrency: 4 };
    const attestation = await startAttestation(doors, settings);
    this.url = attestation.url;
    const one = { concurrency: 1 };
    this.running = together([
      attestation,
      await startHashingWorker(doors, one),
      await startDistributor(doors, one),
      await startOtaBuilder(doors, one),
    ]);
    return this;
  }

  put(path: string, content: string | Uint8Array): void {
    mkdirSync(dirname(join(this.folder, path)), { recursive: true });
    writeFileSync(join(this.folder, path), content);
  }

  /** @param scope of the token, undefined for none, any other text for itself */
  async ask(
    method: string,
    path: string,
    scope: Scope | undefined,
    init: RequestInit & { json?: unknown } = {},
  ): Promise<Answer> {
    const response = await this.fetch(method, path, scope, init);
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('json') === true && text !== '';
    return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : { text } };
  }

  fetch(
    method: string,
    path: string,
    scope: Scope | undefined,
    { json, ...init }: RequestInit & { json?: unknown } = {},
  ) {
    const headers = {
      ...(scope === undefined ? {} : { authorization: `Bearer ${this.bearers.get(scope) ?? scope}` }),
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...(init.headers as Record<string, string> | undefined),
    };
    return fetch(`${this.url}${path}`, {
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
      ...init,
      method,
      headers,
    });
  }

  /** Orders a registration and waits for its job. */
  async register(version = '1.0.0', more: object = {}): Promise<Record<string, unknown>> {
    const json = {
      model: 'acme/pilot-llm',
      version,
      license: 'MIT',
      source: { root: 'models', path: 'pilot' },
      ...more,
    };
    const { body } = await this.ask('POST', '/v1/releases', 'register', { json });
    return this.ended(String(body.id));
  }

  async ended(id: string): Promise<Record<string, unknown>> {
    for await (const job of this.queue.watch(id, AbortSignal.timeout(20_000)))
      if (['done', 'dead', 'cancelled'].includes(job.state))
        return (await this.ask('GET', `/v1/jobs/${id}`, 'read')).body;
    throw new Error(`job ${id} did not end`);
  }

  async stop(): Promise<void> {
    await this.running?.close(2_000);
    await this.queue.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async keepTokens(): Promise<void> {
    const records = SCOPES.map((scope) => {
      const { token, digest } = makeToken();
      this.bearers.set(scope, token);
      return { name: scope, scopes: [scope], digest, createdAt: 0, expiresAt: null };
    });
    await writeTokens(this.tokens, records);
  }

  private doors(): AttestationDoors {
    const { chain, releases, engine } = this.house;
    const uploads = join(this.folder, 'uploads');
    const signers = [publisher, guardian];
    return {
      log: this.log,
      metrics: createServiceMetrics(),
      chain,
      chainUrl: 'http://127.0.0.1:1',
      gatewayUrl: undefined,
      releases,
      channels: [this.git, this.ipfs],
      queue: this.queue,
      engine,
      sources: createReleaseSources({ roots: new Map([['models', join(this.folder, 'roots')]]), uploads }),
      uploads: createUploads(uploads, { maxUploadBytes: 10_000_000, maxUploads: 4 }),
      deltas: createDeltaShelf(join(this.folder, 'deltas')),
      index: this.index,
      indexLags: () => {},
      tokens: this.tokens,
      keys: {
        signerOf: async (address) => signers.find((signer) => signer.address === address)!,
        relayer: async () => publisher,
      },
      nowSeconds: () => chain.clock.nowSeconds(),
      claim: async () => {
        await this.house.claim();
        return { created: true };
      },
      seal: async (ref, maxAgeSeconds) => {
        const sealing = { chain, releases, witness, nowSeconds: chain.clock.nowSeconds() };
        return (await sealBundle(sealing, ref, maxAgeSeconds)).bytes;
      },
      git: undefined,
    };
  }
}
