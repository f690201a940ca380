import type { Digest } from '@weighbridge/core/brands';
import { WeighbridgeError } from '@weighbridge/core/errors';
import { toHex } from '@weighbridge/core/hex';
import { parseReleaseRef } from '@weighbridge/core/names';
import type { Chain, ReleaseClaim } from '@weighbridge/ports/chain';
import type { Signer } from '@weighbridge/ports/signer';
import { testSigner } from '@weighbridge/ports/testing/test-signer';
import { keccakText } from '@weighbridge/verify/keccak256';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type ChainJournal, createMemoryJournal } from './chain-journal.js';
import type { Finality } from './finality.js';
import { loadRegistryAbi } from './registry-abi.js';
import { createRegistryChain } from './registry-chain.js';
import { readTransaction, signTransaction } from './signed-transaction.js';
import { type AnvilPlace, FAST, openAnvilPlace } from './testing/anvil-place.js';
import { LyingRpc } from './testing/lying-rpc.js';
import type { SenderLimits } from './transaction-sender.js';

const digest = 'ab'.repeat(64) as Digest;

let place: AnvilPlace;
let rpc: LyingRpc;
let journal: ChainJournal;
let chain: Chain;
let publisher: Signer;
let approver: Signer;
let count = 0;
let claim: ReleaseClaim;
beforeAll(async () => {
  place = await openAnvilPlace();
});
afterAll(() => place.dispose());

/** Each test has a namespace, a publisher and a journal of its own. */
beforeEach(async () => {
  count += 1;
  await place.call('evm_setAutomine', true);
  rpc = new LyingRpc(place.rpc);
  journal = createMemoryJournal();
  chain = await open();
  publisher = await place.signer(`publisher ${count}`);
  approver = await place.signer(`approver ${count}`);
  const namespace = `transactions-${count}`;
  const approvers = [{ key: approver.address, role: 'r' }];
  await chain.claim({ namespace, guardian: publisher.address, approvers, threshold: 1 }, publisher);
  claim = { ref: parseReleaseRef(`${namespace}/model@1`), versionCode: 1, digest };
});

function options(limits: Partial<SenderLimits> = {}, finality: Finality = 'latest') {
  return { rpc, identity: place.identity, journal, finality, limits: { ...FAST, ...limits } };
}

function open(limits?: Partial<SenderLimits>, finality?: Finality): Promise<Chain> {
  return createRegistryChain(options(limits, finality));
}

/** How often the release was registered, by the events. */
async function registrations(): Promise<number> {
  const abi = await loadRegistryAbi();
  const topics = [abi.getEvent('ReleaseRegistered')!.topicHash, `0x${toHex(keccakText(claim.ref.name))}`];
  const filter = { address: place.identity.contract, fromBlock: '0x0', topics };
  return ((await place.call('eth_getLogs', filter)) as unknown[]).length;
}

const unreachable = async () => {
  throw new WeighbridgeError('UNVERIFIABLE', 'gone', { hint: 'x' });
};
const pending = async () => Number(((await place.call('txpool_status')) as { pending: string }).pending);
const unsettled = async () => (await journal.transactions.list()).map(({ purpose }) => purpose);

describe('a transaction', () => {
  test('is journalled before any node sees it', async () => {
    rpc.lies.eth_sendRawTransaction = async (honest, [raw]) => {
      expect((await journal.transactions.list()).some(({ raws }) => raws.includes(raw as string))).toBe(true);
      return honest();
    };
    await chain.register(claim, publisher);
    expect(rpc.asked).toContain('eth_sendRawTransaction');
  });

  test('that the contract would refuse is neither signed nor sent', async () => {
    const before = await unsettled();
    await expect(chain.register(claim, approver)).rejects.toMatchObject({ code: 'UNTRUSTED' });
    expect(await unsettled()).toEqual(before);
    expect(await place.call('eth_getTransactionCount', approver.address, 'latest')).toBe('0x0');
  });

  test('of a key without money is USAGE and leaves nothing behind', async () => {
    const poor = testSigner(`poor ${count}`);
    const approvers = [{ key: approver.address, role: 'r' }];
    const wanted = { namespace: `poor-${count}`, guardian: poor.address, approvers, threshold: 1 };
    const before = await unsettled();
    await expect(chain.claim(wanted, poor)).rejects.toMatchObject({
      code: 'USAGE',
      hint: expect.stringContaining(poor.address),
    });
    expect(await unsettled()).toEqual(before);
  });

  test('is forgotten by those who come later, once it is settled', async () => {
    await chain.register(claim, publisher);
    expect(await unsettled()).toContain(`register ${claim.ref.name}`);
    await open();
    expect(await unsettled()).toEqual([]);
  });

  test('is kept while it is not final', async () => {
    rpc.lies.eth_getBlockByNumber = async (honest, [tag]) => (tag === 'finalized' ? { result: null } : honest());
    const strict = await open({}, 'finalized');
    expect(await strict.register(claim, publisher)).toMatchObject({ final: false });
    await open({}, 'finalized');
    expect(await unsettled()).toContain(`register ${claim.ref.name}`);
    expect(await strict.register(claim, publisher)).toMatchObject({ transaction: undefined, final: false });
  });

  test('of several at once by one key all come through, in order', async () => {
    const claims = [1, 2, 3, 4].map((code) => ({
      ...claim,
      ref: parseReleaseRef(`${claim.ref.model}@${code}`),
      versionCode: code,
    }));
    const receipts = await Promise.all(claims.map((one) => chain.register(one, publisher)));
    expect(receipts.map(({ blockNumber }) => blockNumber)).toEqual(
      receipts.map(({ blockNumber }) => blockNumber).sort((a, b) => a - b),
    );
    expect(await chain.model(claim.ref.model)).toMatchObject({ latest: 4 });
  });
});

describe('a broken-off registration', () => {
  test('whose broadcast never left is finished by the next run, once', async () => {
    rpc.lies.eth_sendRawTransaction = unreachable;
    const impatient = await open({ confirmWithinMs: 300 });
    await expect(impatient.register(claim, publisher)).rejects.toMatchObject({ code: 'UNVERIFIABLE' });
    expect(await registrations()).toBe(0);
    rpc.lies = {};
    await open();
    await expect.poll(registrations).toBe(1);
    expect(await (await open()).register(claim, publisher)).toMatchObject({ transaction: undefined });
    expect(await registrations()).toBe(1);
  });

  test('whose answer never came is done all the same', async () => {
    rpc.lies.eth_sendRawTransaction = async (honest) => {
      await honest();
      return unreachable();
    };
    expect(await chain.register(claim, publisher)).toMatchObject({ transaction: expect.any(String) });
    expect(await registrations()).toBe(1);
  });

  test('that waits in the pool is waited for before anything else is signed', async () => {
    await place.call('evm_setAutomine', false);
    await expect((await open({ confirmWithinMs: 300 })).register(claim, publisher)).rejects.toMatchObject({
      code: 'UNVERIFIABLE',
    });
    const again = chain.register(claim, publisher);
    setTimeout(() => void place.call('evm_mine'), 300);
    expect(await again).toMatchObject({ transaction: undefined });
    expect(await registrations()).toBe(1);
    expect(await place.call('eth_getTransactionCount', publisher.address, 'pending')).toBe('0x3');
  });

  test('that the pool forgot is sent again while it is waited for', async () => {
    await place.call('evm_setAutomine', false);
    const registering = chain.register(claim, publisher);
    await expect.poll(pending).toBe(1);
    await place.call('anvil_dropAllTransactions');
    await expect.poll(pending).toBe(1);
    await place.call('evm_mine');
    await registering;
    expect(await registrations()).toBe(1);
  });
});

describe('a receipt', () => {
  test('that vanishes with its block is made up for by the next run', async () => {
    const snapshot = await place.call('evm_snapshot');
    await chain.register(claim, publisher);
    await place.call('evm_revert', snapshot);
    expect(await chain.release(claim.ref)).toBeUndefined();
    const later = await open();
    await expect.poll(() => later.release(claim.ref)).toMatchObject({ digest });
    expect(await registrations()).toBe(1);
  });

  test('that a reorganization of depth 1 takes away is made up for by the next run', async () => {
    await chain.register(claim, publisher);
    await place.call('anvil_reorg', 1, []);
    expect(await chain.release(claim.ref)).toBeUndefined();
    const later = await open();
    expect(await later.register(claim, publisher)).toMatchObject({ transaction: undefined });
    expect(await registrations()).toBe(1);
  });

  test('of a block that is no longer canonical does not count', async () => {
    rpc.replace('eth_getTransactionReceipt', (receipt) => ({ ...receipt, blockHash: `0x${'11'.repeat(32)}` }));
    rpc.lies.eth_getTransactionCount = async () => ({ result: '0x2' });
    await expect((await open({ confirmWithinMs: 400 })).register(claim, publisher)).rejects.toMatchObject({
      code: 'UNVERIFIABLE',
    });
    expect(await unsettled()).toContain(`register ${claim.ref.name}`);
  });

  test('of a transaction that failed on chain is the refusal that it means', async () => {
    await chain.register(claim, publisher);
    await place.call('evm_setAutomine', false);
    const approving = chain.approve(claim, approver);
    await expect.poll(pending).toBe(1);
    // a revocation that pays more comes first into the block
    const generous = new LyingRpc(place.rpc);
    generous.lies.eth_maxPriorityFeePerGas = async () => ({ result: '0x174876e800' });
    const guardian = await createRegistryChain({ ...options(), rpc: generous });
    const revoking = guardian.revoke(claim.ref, 'legal', '', publisher);
    await expect.poll(pending).toBe(2);
    const outcomes = Promise.allSettled([approving, revoking]);
    await place.call('evm_mine');
    expect(await outcomes).toMatchObject([
      { status: 'rejected', reason: { code: 'REVOKED' } },
      { status: 'fulfilled' },
    ]);
  });
});

describe('fees', () => {
  test('rise for a transaction that waits too long, and it is done once', async () => {
    await place.call('evm_setAutomine', false);
    const patient = await open({ bumpEveryMs: 250 });
    const registering = patient.register(claim, publisher);
    await expect
      .poll(async () => Math.max(...(await journal.transactions.list()).map(({ raws }) => raws.length)))
      .toBeGreaterThanOrEqual(3);
    await place.call('evm_mine');
    await registering;
    expect(await registrations()).toBe(1);
    expect(await pending()).toBe(0);
  });
});

describe('a nonce', () => {
  test('that a node shows before the receipt is waited with', async () => {
    let hidden = 0;
    rpc.lies.eth_getTransactionReceipt = async (honest) => {
      hidden += 1;
      return hidden < 4 ? { result: null } : honest();
    };
    expect(await chain.register(claim, publisher)).toMatchObject({ transaction: expect.any(String) });
    expect(hidden).toBeGreaterThanOrEqual(4);
  });

  test('that another transaction took is left to it; the work is done with the next', async () => {
    let stolen = false;
    rpc.lies.eth_sendRawTransaction = async (honest, [raw]) => {
      if (!stolen) {
        stolen = true;
        const terms = await readTransaction(raw as string);
        const transfer = { ...terms, to: approver.address, data: '0x', gasLimit: 21_000n };
        await place.call('eth_sendRawTransaction', await signTransaction(transfer, publisher));
      }
      return honest();
    };
    const dropped: string[] = [];
    const { drop } = journal.transactions;
    journal.transactions.drop = async (entry, reason) => {
      dropped.push(reason);
      await drop(entry, reason);
    };
    expect(await chain.register(claim, publisher)).toMatchObject({ transaction: expect.any(String) });
    expect(dropped).toHaveLength(1);
    expect(await registrations()).toBe(1);
  });
});

describe('two programs with one key', () => {
  test('both get their work done', async () => {
    const elsewhere = await createRegistryChain({ ...options(), journal: createMemoryJournal() });
    const [a, b, c] = ['a', 'b', 'c'].map((name) => ({
      ...claim,
      ref: parseReleaseRef(`${claim.ref.model}-${name}@1`),
    }));
    await place.call('evm_setAutomine', false);
    const both = Promise.all([
      chain.register(a!, publisher),
      elsewhere.register(b!, publisher),
      elsewhere.register(c!, publisher),
    ]);
    const miner = setInterval(() => void place.call('evm_mine'), 150);
    try {
      await both;
    } finally {
      clearInterval(miner);
    }
    for (const one of [a!, b!, c!]) expect(await chain.release(one.ref)).toMatchObject({ status: 'pending' });
  });
});

describe('a claim', () => {
  const wanted = () => ({
    namespace: `broken-${count}`,
    guardian: publisher.address,
    approvers: [{ key: approver.address, role: 'r' }],
    threshold: 1,
  });

  test('that broke off between announcement and reveal is finished with the same salt', async () => {
    let sent = 0;
    rpc.lies.eth_sendRawTransaction = async (honest) => {
      sent += 1;
      return sent === 1 ? honest() : unreachable();
    };
    const impatient = await open({ confirmWithinMs: 300 });
    await expect(impatient.claim(wanted(), publisher)).rejects.toMatchObject({ code: 'UNVERIFIABLE' });
    expect(await chain.namespace(wanted().namespace)).toBeUndefined();
    rpc.lies = {};
    const before = rpc.asked.length;
    await (await open()).claim(wanted(), publisher);
    expect(await chain.namespace(wanted().namespace)).toMatchObject({ publisher: publisher.address });
    expect(rpc.asked.slice(before).filter((method) => method === 'eth_sendRawTransaction')).toHaveLength(1);
  });

  test('that broke off before the reveal was signed goes on with the commitment that is there', async () => {
    let committed = false;
    rpc.lies.eth_sendRawTransaction = async (honest) => {
      committed = true;
      return honest();
    };
    rpc.lies.eth_estimateGas = async (honest) => (committed ? unreachable() : honest());
    await expect(chain.claim(wanted(), publisher)).rejects.toMatchObject({ code: 'UNVERIFIABLE' });
    expect(committed).toBe(true);
    rpc.lies = {};
    const before = rpc.asked.length;
    await (await open()).claim(wanted(), publisher);
    expect(rpc.asked.slice(before).filter((method) => method === 'eth_sendRawTransaction')).toHaveLength(1);
  });

  test('whose announcement is too old is announced anew', async () => {
    let sent = 0;
    rpc.lies.eth_sendRawTransaction = async (honest) => {
      sent += 1;
      return sent === 1 ? honest() : { refusal: { code: -1, message: 'no more today', data: undefined } };
    };
    await expect(chain.claim(wanted(), publisher)).rejects.toMatchObject({ code: 'UNVERIFIABLE' });
    rpc.lies = {};
    await place.call('anvil_mine', '0x101');
    await (await open()).claim(wanted(), publisher);
    expect(await chain.namespace(wanted().namespace)).toMatchObject({ publisher: publisher.address });
  });
});
