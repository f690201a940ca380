import { WeighbridgeError } from '@weighbridge/core/errors';
import { toHex } from '@weighbridge/core/hex';
import type { Chain, ChainIdentity, Receipt } from '@weighbridge/ports/chain';
import type { Signer } from '@weighbridge/ports/signer';
import { keccak256 } from '@weighbridge/verify/keccak256';
import type { Interface } from 'ethers/abi';
import type { ChainJournal } from './chain-journal.js';
import { type Finality, finalBlock } from './finality.js';
import { createTurns } from './turns.js';
import { callRpc, type JsonRpc } from './json-rpc.js';
import { claimNamespace } from './namespace-claim.js';
import { loadRegistryAbi } from './registry-abi.js';
import { approveCall, registerCall, relayCall, requireVersionCall, revokeCall } from './registry-calls.js';
import { createRegistryReads } from './registry-reads.js';
import { type RegistryCall, type RegistryWriter, writeRegistry } from './registry-writes.js';
import { readHistory } from './release-history.js';
import { readData, readInteger } from './rpc-values.js';
import { proveState } from './state-proof.js';
import { DEFAULT_LIMITS, resendJournalled, type SenderContext, type SenderLimits } from './transaction-sender.js';

export interface RegistryChainOptions {
  readonly rpc: JsonRpc;
  /** What the chain must be: compared with what the node says, never taken from it. */
  readonly identity: ChainIdentity;
  /** Absent for readers: writing is USAGE then. */
  readonly journal?: ChainJournal | undefined;
  readonly finality: Finality;
  /** Runs after each mined transaction, before its writer is told. */
  readonly afterWrite?: (() => Promise<void>) | undefined;
  /** The highest block that can no longer be lost; by default what `finality` names. */
  readonly settledBlock?: (() => Promise<number>) | undefined;
  /** For a chain that mines at once: how long each transaction that is sent again is waited for. */
  readonly awaitResentMs?: number;
  readonly limits?: Partial<SenderLimits>;
}

/**
 * A registry over any node's JSON-RPC. With a journal it first sends again what earlier runs signed and the chain
 * does not have.
 * @throws UNVERIFIABLE when the node cannot be reached or has no contract there; UNTRUSTED for another chain or code
 */
export async function createRegistryChain(options: RegistryChainOptions): Promise<Chain> {
  const { rpc, identity, finality } = options;
  await requireChain(rpc, identity);
  await requireCode(rpc, identity);
  let loading: Promise<Interface> | undefined;
  const loadAbi = () => (loading ??= loadRegistryAbi());
  const reads = createRegistryReads(rpc, identity, loadAbi);
  const journal = await resumeJournal(options);
  // two at once would take the same nonce
  const inTurn = createTurns();
  const openWriter = async () => createWriter(options, requireJournal(journal), await loadAbi());
  const write = (call: RegistryCall, signer: Signer): Promise<Receipt> =>
    inTurn(async () => writeRegistry(await openWriter(), call, signer));
  return {
    identity,
    release: (ref) => reads.release(ref),
    model: (model) => reads.model(model),
    namespace: (namespace) => reads.namespace(namespace),
    history: async (ref) => readHistory(rpc, identity, await loadAbi(), ref),
    prove: (ref) => proveState(rpc, identity, finality, ref),
    claim: (claim, publisher) =>
      inTurn(async () => {
        const { claims } = requireJournal(journal);
        return claimNamespace(await openWriter(), reads, claims, claim, publisher);
      }),
    register: (claim, publisher) => write(registerCall(reads, claim, publisher), publisher),
    approve: (claim, approver) => write(approveCall(claim), approver),
    relayApprovals: (claim, epoch, approvals, relayer) => write(relayCall(claim, epoch, approvals), relayer),
    revoke: (ref, reason, text, guardian) => write(revokeCall(ref, reason, text), guardian),
    requireVersion: (model, versionCode, guardian) => write(requireVersionCall(model, versionCode), guardian),
    close: async () => rpc.close(),
  };
}

async function requireChain(rpc: JsonRpc, identity: ChainIdentity): Promise<void> {
  const found = readInteger(rpc, await callRpc(rpc, 'eth_chainId', []), 'a chain id');
  if (found === identity.chainId) return;
  throw new WeighbridgeError(
    'UNTRUSTED',
    `the node at ${rpc.location} is of chain ${found}, not of ${identity.chainId}`,
    {
      hint: 'set WEIGHBRIDGE_RPC_URL to a node of the right chain',
      details: { expected: String(identity.chainId), found: String(found) },
    },
  );
}

async function requireCode(rpc: JsonRpc, { contract, codeHash, chainId }: ChainIdentity): Promise<void> {
  const code = readData(rpc, await callRpc(rpc, 'eth_getCode', [contract, 'latest']), 'code');
  if (code.length === 0) {
    throw new WeighbridgeError('UNVERIFIABLE', `there is no contract at ${contract} on chain ${chainId}`, {
      hint: 'check the chain and the address, or deploy the registry there first',
    });
  }
  const found = toHex(keccak256(code));
  if (found === codeHash) return;
  throw new WeighbridgeError('UNTRUSTED', `the contract at ${contract} on chain ${chainId} is not the registry`, {
    hint: 'use the address of the registry that you trust',
    details: { expected: codeHash, found },
  });
}

/** Whatever was signed and is not on the chain goes out before anything is read or written. */
async function resumeJournal(options: RegistryChainOptions): Promise<ChainJournal | undefined> {
  const { journal } = options;
  if (journal === undefined) return undefined;
  const resent = await resendJournalled(senderOf(options, journal), options.awaitResentMs ?? 0);
  if (resent > 0) await options.afterWrite?.();
  return journal;
}

function createWriter(options: RegistryChainOptions, journal: ChainJournal, abi: Interface): RegistryWriter {
  const { identity, finality, afterWrite = async () => {} } = options;
  return { ...senderOf(options, journal), identity, finality, afterWrite, abi };
}

function senderOf(options: RegistryChainOptions, journal: ChainJournal): SenderContext {
  const { rpc, identity, finality, limits } = options;
  return {
    rpc,
    chainId: identity.chainId,
    journal: journal.transactions,
    settledBlock: options.settledBlock ?? (async () => (await finalBlock(rpc, finality)).number),
    limits: { ...DEFAULT_LIMITS, ...limits },
  };
}

function requireJournal(journal: ChainJournal | undefined): ChainJournal {
  if (journal !== undefined) return journal;
  throw new WeighbridgeError('USAGE', 'the chain was opened for reading', { hint: 'open it for writing' });
}
