import { testSigner } from '@weighbridge/ports/testing/test-signer';
import type { Signer } from '@weighbridge/ports/signer';
import { fundAccounts, mineBlocks, setTime } from '../anvil-node.js';
import { type AnvilProcess, EMBEDDED_CHAIN_ID, startAnvil } from '../anvil-process.js';
import { createMemoryJournal } from '../chain-journal.js';
import { registryIdentity } from '../code-hash.js';
import { deployRegistry } from '../deploy-registry.js';
import { createHttpJsonRpc } from '../http-json-rpc.js';
import { callRpc, type JsonRpc } from '../json-rpc.js';
import type { SenderLimits } from '../transaction-sender.js';

export const FAST: SenderLimits = {
  confirmWithinMs: 8_000,
  resendEveryMs: 200,
  bumpEveryMs: 60_000,
  lostAfterMs: 1_000,
  pollMs: [5, 50],
};

/** An anvil that stands for a node of somebody else, with the registry on it. */
export interface AnvilPlace {
  readonly anvil: AnvilProcess;
  readonly rpc: JsonRpc;
  readonly identity: ReturnType<typeof registryIdentity>;
  signer(name: string): Promise<Signer>;
  /** Test methods of the node: `evm_mine` and the like. */
  call(method: string, ...params: unknown[]): Promise<unknown>;
  dispose(): Promise<void>;
}

export async function openAnvilPlace(settings: Readonly<Record<string, string>> = {}): Promise<AnvilPlace> {
  const chainId = Number(settings['chain-id'] ?? EMBEDDED_CHAIN_ID);
  const anvil = await startAnvil({ settings });
  const rpc = createHttpJsonRpc(anvil.url);
  const place: AnvilPlace = {
    anvil,
    rpc,
    identity: registryIdentity(chainId),
    async signer(name) {
      const signer = testSigner(name);
      await fundAccounts(rpc, [signer.address]);
      return signer;
    },
    call: (method, ...params) => callRpc(rpc, method, params),
    async dispose() {
      rpc.close();
      await anvil.stop();
    },
  };
  await setTime(rpc, Math.floor(Date.now() / 1000));
  const journal = createMemoryJournal().transactions;
  const context = { rpc, chainId, journal, settledBlock: async () => 0, limits: FAST };
  await deployRegistry(context, await place.signer('deployer'));
  await mineBlocks(rpc, 1);
  return place;
}
