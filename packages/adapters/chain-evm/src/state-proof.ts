import { setTimeout as sleep } from 'node:timers/promises';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { toHex } from '@weighbridge/core/hex';
import type { ReleaseRef } from '@weighbridge/core/names';
import type { ChainIdentity, StateProof } from '@weighbridge/ports/chain';
import { readHeader } from '@weighbridge/verify/header';
import { keccak256 } from '@weighbridge/verify/keccak256';
import { releaseSlots } from '@weighbridge/verify/storage-layout';
import type { Block } from './block.js';
import { type Finality, finalBlock } from './finality.js';
import { rebuildHeader } from './header-rlp.js';
import { callRpc, type JsonRpc, senselessAnswer } from './json-rpc.js';
import { readData, readList, readObject, toQuantity } from './rpc-values.js';

const TRIES = 4;
const PAUSE_MS = 100;
/** A path of a trie has 64 nibbles. */
const MAX_NODES = 65;

/**
 * Proof of a release's four slots at the newest block that counts: the header first, the proof by its number.
 * Of the node's answers only raw bytes are used, each under a hash; a reorganization in between is tried again.
 * @throws UNVERIFIABLE; UNTRUSTED when hashes do not hold again and again
 */
export async function proveState(
  rpc: JsonRpc,
  identity: ChainIdentity,
  finality: Finality,
  ref: ReleaseRef,
): Promise<StateProof> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await proveAt(rpc, identity, await finalBlock(rpc, finality), ref);
    } catch (error) {
      if (tries === TRIES) throw error;
      await sleep(PAUSE_MS);
    }
  }
}

async function proveAt(rpc: JsonRpc, identity: ChainIdentity, block: Block, ref: ReleaseRef): Promise<StateProof> {
  const header = requireHeader(rpc, block);
  const { hash, stateRoot, number, timestamp } = readHeader(header);
  const { account, storage } = await getProof(rpc, identity, number, ref);
  if (account[0] === undefined || toHex(keccak256(account[0])) !== toHex(stateRoot)) {
    throw untrusted(rpc, `proves another state than that of block ${number}`);
  }
  return { header, number, blockHash: hash, timestamp, nodes: distinct([account, ...storage]) };
}

function requireHeader(rpc: JsonRpc, block: Block): Uint8Array {
  const header = rebuildHeader(rpc, block);
  if (header !== undefined) return header;
  throw untrusted(rpc, `gives fields of block ${block.number} that do not hash to its hash`);
}

interface ProofNodes {
  /** From the root down. */
  readonly account: readonly Uint8Array[];
  readonly storage: readonly (readonly Uint8Array[])[];
}

async function getProof(rpc: JsonRpc, identity: ChainIdentity, number: number, ref: ReleaseRef): Promise<ProofNodes> {
  const { meta, digestHigh, digestLow, model } = releaseSlots(ref.model, ref.version);
  const slots = [meta, digestHigh, digestLow, model].map((slot) => `0x${toHex(slot)}`);
  const answer = await callRpc(rpc, 'eth_getProof', [identity.contract, slots, toQuantity(number)]);
  const { accountProof, storageProof } = readObject(rpc, answer, 'a proof');
  const entries = readList(rpc, storageProof, 'a storage proof', slots.length);
  if (entries.length !== slots.length) throw senselessAnswer(rpc, 'leaves out slots of a proof');
  return {
    account: readNodes(rpc, accountProof),
    storage: entries.map((entry) => readNodes(rpc, readObject(rpc, entry, 'a storage proof').proof)),
  };
}

/** A node shorter than 32 bytes stands within its parent; some clients list it once more. */
function readNodes(rpc: JsonRpc, list: unknown): Uint8Array[] {
  const nodes = readList(rpc, list, 'a proof', MAX_NODES).map((node) => readData(rpc, node, 'a trie node'));
  return nodes.filter((node, depth) => depth === 0 || node.length >= 32);
}

function distinct(paths: readonly (readonly Uint8Array[])[]): Uint8Array[] {
  return [...new Map(paths.flat().map((node) => [toHex(node), node])).values()];
}

function untrusted(rpc: JsonRpc, problem: string): WeighbridgeError {
  return new WeighbridgeError('UNTRUSTED', `the node at ${rpc.location} ${problem}`, {
    hint: 'use another node; if all say so, a newer Weighbridge may know the fork that this chain is on',
  });
}
