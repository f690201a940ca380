import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Address } from '@weighbridge/core/brands';
import { latestBlock } from './block.js';
import { createHttpJsonRpc } from './http-json-rpc.js';
import { callRpc, type JsonRpc, senselessAnswer } from './json-rpc.js';
import { readData, readQuantity, toQuantity } from './rpc-values.js';

const MAX_STATE_BYTES = 1024 * 1024 * 1024;
const ETHER = 10n ** 18n;
const GRANT = 10_000n * ETHER;
const LEAST = 100n * ETHER;

/**
 * Sets the clock of an anvil that has just started. It would take a time before its newest block too:
 * a host clock that was put back must not make block times fall.
 */
export async function setTime(rpc: JsonRpc, nowSeconds: number): Promise<void> {
  const { timestamp } = await latestBlock(rpc);
  await callRpc(rpc, 'evm_setTime', [Math.max(nowSeconds, timestamp)]);
}

/** Gives 10,000 ether to accounts that are short of it. @returns whether any was */
export async function fundAccounts(rpc: JsonRpc, accounts: readonly Address[]): Promise<boolean> {
  let changed = false;
  for (const account of accounts) {
    const balance = readQuantity(rpc, await callRpc(rpc, 'eth_getBalance', [account, 'latest']), 'a balance');
    if (balance >= LEAST) continue;
    await callRpc(rpc, 'anvil_setBalance', [account, toQuantity(GRANT)]);
    changed = true;
  }
  return changed;
}

/** A balance that was set stands under no header, and nothing can be proven, until there is a block. */
export async function mineBlocks(rpc: JsonRpc, count: number): Promise<void> {
  await callRpc(rpc, 'anvil_mine', [toQuantity(count)]);
}

/** The whole state as the JSON that `--load-state` takes. */
export async function dumpState(url: string): Promise<Buffer> {
  const rpc = createHttpJsonRpc(url, { maxBytes: MAX_STATE_BYTES, timeoutMs: 120_000 });
  try {
    const zipped = readData(rpc, await callRpc(rpc, 'anvil_dumpState', []), 'a state');
    return await promisify(gunzip)(zipped, { maxOutputLength: MAX_STATE_BYTES });
  } catch (error) {
    if (error instanceof RangeError) throw senselessAnswer(rpc, 'dumps a state that is too large');
    throw error;
  } finally {
    rpc.close();
  }
}
