import { setTimeout as sleep } from 'node:timers/promises';
import artifact from '@weighbridge/contracts/abi/ReleaseRegistry.json' with { type: 'json' };
import type { Address } from '@weighbridge/core/brands';
import { WeighbridgeError } from '@weighbridge/core/errors';
import type { Signer } from '@weighbridge/ports/signer';
import { broadcast } from './broadcast.js';
import { callRpc, type JsonRpc, shown } from './json-rpc.js';
import { nodeRefusal } from './registry-refusal.js';
import { withMargin } from './registry-writes.js';
import { readQuantity } from './rpc-values.js';
import { type PlannedTransaction, type SenderContext, sendTransaction, settleSender } from './transaction-sender.js';

/** It calls CREATE2 with the first 32 bytes of its input as salt and the rest as init code. */
const CREATE2_FACTORY = artifact.create2.factory as Address;

/**
 * The one transaction that makes the factory on a chain that lacks it. Nobody holds its sender's key: the signature
 * was made up, which fixed the sender and so the factory's address.
 * Source: github.com/Arachnid/deterministic-deployment-proxy
 */
const FACTORY_TRANSACTION =
  '0xf8a58085174876e800830186a08080b853604580600e600039806000f350fe7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf31ba02222222222222222222222222222222222222222222222222222222222222222a02222222222222222222222222222222222222222222222222222222222222222';
const FACTORY_SENDER = '0x3fAB184622Dc19b6109349B94811493BF2a45362' as Address;
/** 100,000 gas at 100 gwei, in wei. */
const FACTORY_COST = 10n ** 16n;

export async function hasCode(rpc: JsonRpc, address: Address): Promise<boolean> {
  return (await callRpc(rpc, 'eth_getCode', [address, 'latest'])) !== '0x';
}

/**
 * Deploys the registry through the factory, so that it has the same address on every chain. Does nothing when it is there.
 * @throws UNVERIFIABLE when the chain refuses; USAGE when the payer cannot pay
 */
export async function deployRegistry(context: SenderContext, payer: Signer): Promise<void> {
  const { rpc } = context;
  await settleSender(context, payer);
  if (await hasCode(rpc, artifact.create2.address as Address)) return;
  if (!(await hasCode(rpc, CREATE2_FACTORY))) await deployFactory(context, payer);
  const purpose = 'deploy the registry';
  const data = `${artifact.create2.salt}${artifact.bytecode.slice(2)}`;
  const answer = await rpc.ask('eth_estimateGas', [{ from: payer.address, to: CREATE2_FACTORY, data }, 'latest']);
  if ('refusal' in answer) throw nodeRefusal(rpc, answer.refusal, purpose);
  const gasLimit = withMargin(readQuantity(rpc, answer.result, 'gas'));
  await requireDone(context, { to: CREATE2_FACTORY, data, gasLimit, purpose }, payer);
}

/** Gives the factory's sender what its one transaction costs, then hands that in for it. */
async function deployFactory(context: SenderContext, payer: Signer): Promise<void> {
  const { rpc, limits } = context;
  const purpose = 'pay for the CREATE2 factory';
  await requireDone(
    context,
    { to: FACTORY_SENDER, data: '0x', gasLimit: 21_000n, value: FACTORY_COST, purpose },
    payer,
  );
  const { outcome, text } = await broadcast(rpc, FACTORY_TRANSACTION);
  if (outcome !== 'pooled') throw noFactory(rpc, text);
  for (const deadline = performance.now() + limits.confirmWithinMs; performance.now() < deadline; ) {
    if (await hasCode(rpc, CREATE2_FACTORY)) return;
    await sleep(limits.pollMs[0]);
  }
  throw noFactory(rpc, 'it was not mined in time');
}

async function requireDone(context: SenderContext, plan: PlannedTransaction, payer: Signer): Promise<void> {
  const mined = await sendTransaction(context, plan, payer);
  if (mined !== 'lost' && mined.succeeded) return;
  throw new WeighbridgeError('UNVERIFIABLE', `${plan.purpose}: the transaction did not succeed`, {
    hint: 'run the command again',
  });
}

function noFactory(rpc: JsonRpc, text: string): WeighbridgeError {
  const message = `the CREATE2 factory ${CREATE2_FACTORY} cannot be made on the chain of ${rpc.location}: ${shown(text)}`;
  return new WeighbridgeError('UNVERIFIABLE', message, {
    hint: 'use a node that takes transactions without replay protection, or a chain that has the factory',
  });
}
