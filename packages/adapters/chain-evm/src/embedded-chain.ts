import { join } from 'node:path';
import type { Address } from '@weighbridge/core/brands';
import { removeTemporaries } from '@weighbridge/durable-files/temporary-file';
import type { Chain } from '@weighbridge/ports/chain';
import { dumpState, fundAccounts, mineBlocks, setTime } from './anvil-node.js';
import { type AnvilProcess, EMBEDDED_CHAIN_ID, startAnvil } from './anvil-process.js';
import { latestBlock } from './block.js';
import { type ChainJournal, createFileJournal, createMemoryJournal } from './chain-journal.js';
import { REGISTRY_ADDRESS, registryIdentity } from './code-hash.js';
import { deployRegistry, hasCode } from './deploy-registry.js';
import { chooseState, type EmbeddedState } from './embedded-state.js';
import { createHttpJsonRpc } from './http-json-rpc.js';
import type { JsonRpc } from './json-rpc.js';
import { createRegistryChain } from './registry-chain.js';
import { writeStateFile } from './state-file.js';
import { createThrowawaySigner } from './throwaway-signer.js';
import type { SenderLimits } from './transaction-sender.js';

export interface EmbeddedChainOptions {
  /** The home's `chain`. */
  readonly folder: string;
  /** The home's `journal`. */
  readonly journalFolder: string;
  /** The one writer of the home. Readers get a chain of their own from the same state and leave no trace. */
  readonly writable: boolean;
  /** Accounts that get play money. */
  readonly fund: readonly Address[];
}

/** The embedded chain, and where it answers on loopback while it is open. */
export interface EmbeddedChain extends Chain {
  readonly url: string;
}

/** A checkpoint of a lost block was perhaps signed: its number must not come back under another hash. */
const BLOCKS_TO_SKIP = 64;
const AWAIT_RESENT_MS = 10_000;
/** It mines at once: what takes longer than a moment will not come. */
const LIMITS: SenderLimits = {
  confirmWithinMs: 20_000,
  resendEveryMs: 2_000,
  bumpEveryMs: 10_000,
  lostAfterMs: 2_000,
  pollMs: [5, 100],
};

/**
 * The chain of the embedded profile: an anvil of this process alone, loaded from the home's state. What a write
 * returned for is in the state file, durably. The first writer makes the chain and deploys the registry.
 * @throws UNVERIFIABLE when there is no chain yet (readers), when its state is damaged, when anvil does not start; IO
 */
export async function openEmbeddedChain(options: EmbeddedChainOptions): Promise<EmbeddedChain> {
  const journal = createFileJournal(options.journalFolder, 'embedded');
  const unsettled = options.writable ? await journal.transactions.list() : [];
  const state = await chooseState(options.folder, options.writable, unsettled.length > 0);
  const anvil = await startAnvil({ stateFile: state.file?.path });
  const rpc = createHttpJsonRpc(anvil.url);
  try {
    const senders = unsettled.map(({ sender }) => sender);
    const keeper = createStateKeeper(options.folder, state, anvil, rpc);
    if (options.writable) await removeLeftovers(options);
    if (options.writable) await prepare(rpc, keeper, state.isFallback, [...options.fund, ...senders]);
    return await connect(options, anvil, rpc, keeper, journal);
  } catch (error) {
    rpc.close();
    await anvil.stop();
    throw error;
  }
}

async function connect(
  { writable }: EmbeddedChainOptions,
  anvil: AnvilProcess,
  rpc: JsonRpc,
  keeper: StateKeeper,
  journal: ChainJournal,
): Promise<EmbeddedChain> {
  const chain = await createRegistryChain({
    rpc,
    identity: registryIdentity(EMBEDDED_CHAIN_ID),
    finality: 'latest',
    journal: writable ? journal : undefined,
    afterWrite: keeper.save,
    settledBlock: keeper.settledBlock,
    awaitResentMs: AWAIT_RESENT_MS,
    limits: LIMITS,
  });
  const close = async () => {
    await chain.close();
    await anvil.stop();
  };
  return { ...chain, close, url: anvil.url };
}

async function removeLeftovers({ folder, journalFolder }: EmbeddedChainOptions): Promise<void> {
  for (const one of [folder, join(journalFolder, 'transactions'), join(journalFolder, 'claims')]) {
    await removeTemporaries(one);
  }
}

/** Brings a chain that has just started to where its writer can use it; saves it when that changed it. */
async function prepare(
  rpc: JsonRpc,
  keeper: StateKeeper,
  isFallback: boolean,
  fund: readonly Address[],
): Promise<void> {
  await setTime(rpc, Math.floor(Date.now() / 1000));
  if (isFallback) await mineBlocks(rpc, BLOCKS_TO_SKIP);
  const funded = await fundAccounts(rpc, fund);
  const deployed = await deployOnce(rpc);
  if (funded && !deployed) await mineBlocks(rpc, 1);
  if (funded || deployed || isFallback) await keeper.save();
}

async function deployOnce(rpc: JsonRpc): Promise<boolean> {
  if (await hasCode(rpc, REGISTRY_ADDRESS)) return false;
  const payer = createThrowawaySigner();
  await fundAccounts(rpc, [payer.address]);
  // a crash before the state is saved leaves no chain, and the deployment is done anew
  const journal = createMemoryJournal().transactions;
  const settledBlock = async () => 0;
  await deployRegistry({ rpc, chainId: EMBEDDED_CHAIN_ID, journal, settledBlock, limits: LIMITS }, payer);
  return true;
}

/** Saves the chain's state, and knows up to which block two saved states hold it. */
interface StateKeeper {
  save(): Promise<void>;
  settledBlock(): Promise<number>;
}

function createStateKeeper(folder: string, state: EmbeddedState, anvil: AnvilProcess, rpc: JsonRpc): StateKeeper {
  let { settledBlock } = state;
  let newest = state.file?.blockNumber ?? -1;
  let isNewestGood = state.file !== undefined && !state.isFallback;
  return {
    async save() {
      const { number } = await latestBlock(rpc);
      await writeStateFile(folder, await dumpState(anvil.url), number, isNewestGood);
      [settledBlock, newest, isNewestGood] = [newest, number, true];
    },
    settledBlock: async () => settledBlock,
  };
}
