import { WeighbridgeError } from '@weighbridge/core/errors';
import type { ChainIdentity, Receipt } from '@weighbridge/ports/chain';
import type { Signer } from '@weighbridge/ports/signer';
import type { Interface } from 'ethers/abi';
import { latestBlock } from './block.js';
import { type Finality, finalBlock } from './finality.js';
import { type ContractRefusal, contractError, decodeRefusal, nodeRefusal } from './registry-refusal.js';
import { readQuantity } from './rpc-values.js';
import { type SenderContext, sendTransaction, settleSender } from './transaction-sender.js';

/** A change of the registry, before it is anybody's transaction. */
export interface RegistryCall {
  readonly method: string;
  readonly args: readonly unknown[];
  /** For people: `register acme/pilot@1.2.0`. */
  readonly purpose: string;
  /** Refusals that say that the registry is as wanted already. */
  readonly satisfiedBy?: readonly string[];
  /** Whether the registry, at a block tag, is as wanted already. */
  readonly isDone?: (tag: string) => Promise<boolean>;
  /** What a refusal means here when it means something of its own. */
  readonly explain?: (refusal: ContractRefusal) => WeighbridgeError | undefined;
}

export interface RegistryWriter extends SenderContext {
  readonly identity: ChainIdentity;
  readonly abi: Interface;
  readonly finality: Finality;
  /** Runs when a transaction is mined, before its writer is told. */
  readonly afterWrite: () => Promise<void>;
}

/** Since Osaka no transaction may use more. */
const MAX_GAS = 16_777_216n;
const ATTEMPTS = 3;

export type Simulation = { readonly gas: bigint } | { readonly refusal: ContractRefusal };

/**
 * Makes a change once: waits for what the signer sent earlier, reads whether it is done, simulates so that a refusal
 * costs no nonce, then sends. When another transaction of the same key takes the nonce all of this starts anew.
 * @throws the outcome that the contract's refusal means; UNVERIFIABLE
 */
export async function writeRegistry(writer: RegistryWriter, call: RegistryCall, signer: Signer): Promise<Receipt> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    await settleSender(writer, signer);
    if (await isSatisfied(writer, call, signer, 'latest')) return standingReceipt(writer, call, signer);
    const gasLimit = await requireGas(writer, call, signer);
    const { contract: to } = writer.identity;
    const mined = await sendTransaction(
      writer,
      { to, data: encode(writer, call), gasLimit, purpose: call.purpose },
      signer,
    );
    if (mined === 'lost') continue;
    await writer.afterWrite();
    if (!mined.succeeded) throw await lateRefusal(writer, call, signer);
    return { transaction: mined.hash, blockNumber: mined.blockNumber, final: await isFinal(writer, mined.blockNumber) };
  }
  throw new WeighbridgeError(
    'UNVERIFIABLE',
    `${call.purpose}: another program sends transactions of ${signer.address}`,
    {
      hint: 'use a key in one place at a time, then run the command again',
    },
  );
}

/**
 * What the contract would say in the next block, and the gas that it would take. Where a node knows no next block,
 * its latest stands in.
 * @throws UNVERIFIABLE
 */
export async function simulateNext(writer: RegistryWriter, call: RegistryCall, signer: Signer): Promise<Simulation> {
  try {
    return await simulate(writer, call, signer, 'pending');
  } catch {
    return simulate(writer, call, signer, 'latest');
  }
}

async function simulate(writer: RegistryWriter, call: RegistryCall, signer: Signer, tag: string): Promise<Simulation> {
  const transaction = { from: signer.address, to: writer.identity.contract, data: encode(writer, call) };
  const answer = await writer.rpc.ask('eth_estimateGas', [transaction, tag]);
  if ('result' in answer) return { gas: readQuantity(writer.rpc, answer.result, 'gas') };
  const refusal = decodeRefusal(writer.abi, answer.refusal);
  if (refusal === undefined) throw nodeRefusal(writer.rpc, answer.refusal, call.purpose);
  return { refusal };
}

async function requireGas(writer: RegistryWriter, call: RegistryCall, signer: Signer): Promise<bigint> {
  const simulation = await simulateNext(writer, call, signer);
  if ('refusal' in simulation) throw explain(call, simulation.refusal);
  return withMargin(simulation.gas);
}

/** State may change until it is mined: a quarter more, never above what a transaction may use. */
export function withMargin(gas: bigint): bigint {
  const limit = gas + gas / 4n;
  return limit < MAX_GAS ? limit : MAX_GAS;
}

export function explain(call: RegistryCall, refusal: ContractRefusal): WeighbridgeError {
  return call.explain?.(refusal) ?? contractError(refusal, call.purpose);
}

async function isSatisfied(writer: RegistryWriter, call: RegistryCall, signer: Signer, tag: string): Promise<boolean> {
  if (call.isDone !== undefined) return call.isDone(tag);
  if (call.satisfiedBy === undefined) return false;
  const simulation = await simulate(writer, call, signer, tag);
  return 'refusal' in simulation && call.satisfiedBy.includes(simulation.refusal.name);
}

async function standingReceipt(writer: RegistryWriter, call: RegistryCall, signer: Signer): Promise<Receipt> {
  const { number } = await latestBlock(writer.rpc);
  const final =
    writer.finality === 'latest' || (await isSatisfied(writer, call, signer, writer.finality).catch(() => false));
  return { transaction: undefined, blockNumber: number, final };
}

/** Mined, but the contract refused: something came in between, and the simulation now says what. */
async function lateRefusal(writer: RegistryWriter, call: RegistryCall, signer: Signer): Promise<WeighbridgeError> {
  const simulation = await simulate(writer, call, signer, 'latest');
  if ('refusal' in simulation) return explain(call, simulation.refusal);
  return new WeighbridgeError('UNVERIFIABLE', `${call.purpose}: the transaction failed on chain`, {
    hint: 'run the command again',
  });
}

async function isFinal(writer: RegistryWriter, blockNumber: number): Promise<boolean> {
  if (writer.finality === 'latest') return true;
  const block = await finalBlock(writer.rpc, writer.finality).catch(() => undefined);
  return block !== undefined && block.number >= blockNumber;
}

function encode(writer: RegistryWriter, call: RegistryCall): string {
  return writer.abi.encodeFunctionData(call.method, call.args);
}
