import type { DigestEngine } from '@weighbridge/core/digest-engine';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { isCid } from '@weighbridge/manifest/cid';
import type { Channel, ChannelReceipt, PublishedRelease } from '@weighbridge/ports/channel';
import { createFolderLookup } from './folder-lookup.js';
import { unreachable } from './http-answer.js';
import { createKuboCalls } from './kubo-calls.js';
import { KuboPublication } from './kubo-publication.js';
import { createKuboBlocks, createKuboRpc } from './kubo-rpc.js';
import { readLeavesFile, readManifestBlock, readWeights } from './published-files.js';
import { leavesPath } from './release-folder.js';

export interface KuboChannelOptions {
  /** Of the node's RPC, for example http://127.0.0.1:5001. */
  readonly api: string;
  /** The `authorization` header that the node wants, for example `Bearer …`. */
  readonly authorization?: string;
  readonly engine: Pick<DigestEngine, 'digestChunk'>;
  /** How long the node may give nothing; default 30 s. */
  readonly idleMs?: number;
}

/** Blocks on their way at a time. */
const LANES = 4;
const IDLE_MS = 30_000;
const FOLDER = '/weighbridge';

/** A Kubo node by its RPC; receipt-v1 §3.2. Nothing it says is believed. @throws USAGE */
export function createKuboChannel({ api, authorization, engine, idleMs = IDLE_MS }: KuboChannelOptions): Channel {
  const options = { api: requireApi(api), authorization, idleMs };
  const rpc = createKuboRpc(options);
  const calls = createKuboCalls(options);
  const blocks = createKuboBlocks(rpc, false);
  const held = createKuboBlocks(rpc, true);
  const digestChunk: DigestEngine['digestChunk'] = (algorithm, bytes) => engine.digestChunk(algorithm, bytes);
  const lookup = createFolderLookup(blocks, digestChunk);
  const pathOf = ({ releaseDigest }: Pick<PublishedRelease, 'releaseDigest'>): string => `${FOLDER}/${releaseDigest}`;
  const receipt = async (release: PublishedRelease, signal?: AbortSignal): Promise<ChannelReceipt | undefined> => {
    const root = await calls.cidAt(pathOf(release), signal);
    if (root === undefined) return undefined;
    if (!isCid(root)) throw strangeRoot(rpc.location, release);
    return { channel: 'ipfs', ref: release.ref, releaseDigest: release.releaseDigest, root };
  };
  const requireReceipt = async (release: PublishedRelease, signal?: AbortSignal): Promise<ChannelReceipt> => {
    const found = await receipt(release, signal);
    if (found !== undefined) return found;
    throw unreachable(rpc.location, `does not hold ${release.ref.name}`);
  };
  return {
    name: 'ipfs',
    location: rpc.location,
    async publish() {
      return new KuboPublication({ rpc, calls, held, digestChunk, pathOf });
    },
    receipt,
    async manifest(release, signal) {
      await requireReceipt(release, signal);
      return readManifestBlock(blocks, release, signal);
    },
    async leaves(release, file, signal) {
      const { root } = await requireReceipt(release, signal);
      return readLeavesFile(blocks, digestChunk, await lookup.find(root, leavesPath(file), signal), file, signal);
    },
    async *open(release, file, offsetBytes, signal) {
      await requireReceipt(release, signal);
      yield* readWeights({ blocks, digestChunk, lanes: LANES }, file, offsetBytes, signal);
    },
    async probe(signal) {
      await calls.version(signal);
      const releases = await calls.countNames(FOLDER, signal);
      return { location: rpc.location, sizeBytes: await calls.sizeBytes(signal), releases };
    },
    async close() {
      rpc.close();
    },
  };
}

function requireApi(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isHttp = url?.protocol === 'http:' || url?.protocol === 'https:';
  if (url !== undefined && isHttp && url.username === '' && url.password === '') return url;
  throw new WeighbridgeError('USAGE', 'the address of the Kubo RPC is no http or https URL, or has credentials in it', {
    hint: 'write it as http://HOST:PORT, and give the token apart',
  });
}

function strangeRoot(location: string, { ref }: PublishedRelease): WeighbridgeError {
  return new WeighbridgeError('TAMPERED', `${location} keeps ${ref.name} under a CID that is none of ours`, {
    hint: 'publish the release again',
    details: { channel: 'ipfs' },
  });
}
