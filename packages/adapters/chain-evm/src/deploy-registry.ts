import artifact from '@weighbridge/contracts/abi/ReleaseRegistry.json' with { type: 'json' };
import type { Address } from '@weighbridge/core/brands';
import { WeighbridgeError } from '@weighbridge/core/errors';
import type { Signer } from '@weighbridge/ports/signer';
import { callRpc, type JsonRpc } from './json-rpc.js';
import { nodeRefusal } from './registry-refusal.js';
import { withMargin } from './registry-writes.js';
import { readQuantity } from './rpc-values.js';
import { type SenderContext, sendTransaction, settleSender } from './transaction-sender.js';

/** It calls CREATE2 with the first 32 bytes of its input as salt and the rest as init code. */
export const CREATE2_FACTORY = artifact.create2.factory as Address;

/**
 * The one transaction that makes the factory on a chain that lacks it. Nobody holds its sender's key: the signature
 * was made up, which fixed the sender and so the factory's address.
 * Source: github.com/Arachnid/deterministic-deployment-proxy
 */
export const FACTORY_TRANSACTION =
  '0xf8a58085174876e800830186a08080b853604580600e600039806000f350fe7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffe03601600081602082378035828234f58015156039578182fd5b8082525050506014600cf31ba02222222222222222222222222222222222222222222222222222222222222222a02222222222222222222222222222222222222222222222222222222222222222';
/** Whose 0.01 ether pay for it. */
export const FACTORY_SENDER = '0x3fAB184622Dc19b6109349B94811493BF45362fa' as Address;

export async function hasCode(rpc: JsonRpc, address: Address): Promise<boolean> {
  return (await callRpc(rpc, 'eth_getCode', [address, 'latest'])) !== '0x';
}

/**
 * Deploys the registry through the factory, so that it has the same address on every chain. Does nothing when it is there.
 * @throws UNVERIFIABLE when the chain lacks the factory or refuses; USAGE when the payer cannot pay
 */
export async function deployRegistry(context: SenderContext, payer: Signer): Promise<void> {
  const { rpc } = context;
  await settleSender(context, payer);
  if (await hasCode(rpc, artifact.create2.address as Address)) return;
  if (!(await hasCode(rpc, CREATE2_FACTORY))) throw lacksFactory(rpc);
  const purpose = 'deploy the registry';
  const data = `${artifact.create2.salt}${artifact.bytecode.slice(2)}`;
  const answer = await rpc.ask('eth_estimateGas', [{ from: payer.address, to: CREATE2_FACTORY, data }, 'latest']);
  if ('refusal' in answer) throw nodeRefusal(rpc, answer.refusal, purpose);
  const gasLimit = withMargin(readQuantity(rpc, answer.result, 'gas'));
  const mined = await sendTransaction(context, { to: CREATE2_FACTORY, data, gasLimit, purpose }, payer);
  if (mined === 'lost' || !mined.succeeded) throw failed(purpose);
}

function lacksFactory(rpc: JsonRpc): WeighbridgeError {
  return new WeighbridgeError(
    'UNVERIFIABLE',
    `the chain at ${rpc.location} lacks the CREATE2 factory ${CREATE2_FACTORY}`,
    {
      hint: `send 0.01 ether to ${FACTORY_SENDER} and broadcast the factory's well-known transaction`,
    },
  );
}

function failed(purpose: string): WeighbridgeError {
  return new WeighbridgeError('UNVERIFIABLE', `${purpose}: the transaction did not succeed`, {
    hint: 'run the command again',
  });
}
