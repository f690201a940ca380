import type { Digest } from '@weighbridge/core/brands';
import { parseReleaseRef } from '@weighbridge/core/names';
import type { Chain, StateProof } from '@weighbridge/ports/chain';
import type { Signer } from '@weighbridge/ports/signer';
import { readHeader } from '@weighbridge/verify/header';
import { proveRelease } from '@weighbridge/verify/proof';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createMemoryJournal } from './chain-journal.js';
import { registryIdentity } from './code-hash.js';
import type { Finality } from './finality.js';
import { createRegistryChain } from './registry-chain.js';
import { type AnvilPlace, FAST, openAnvilPlace } from './testing/anvil-place.js';
import { LyingRpc } from './testing/lying-rpc.js';

const ref = parseReleaseRef('liars/model@1');
const digest = 'ab'.repeat(64) as Digest;

let place: AnvilPlace;
let rpc: LyingRpc;
let chain: Chain;
let approver: Signer;
beforeAll(async () => {
  place = await openAnvilPlace();
  const publisher = await place.signer('publisher');
  approver = await place.signer('approver');
  const honest = await open(new LyingRpc(place.rpc));
  const approvers = [{ key: approver.address, role: 'r' }];
  await honest.claim({ namespace: 'liars', guardian: publisher.address, approvers, threshold: 1 }, publisher);
  await honest.register({ ref, versionCode: 1, digest }, publisher);
  // a second model, so that the state has something to lie with
  await honest.register(
    { ref: parseReleaseRef('liars/other@1'), versionCode: 7, digest: 'cd'.repeat(64) as Digest },
    publisher,
  );
});
afterAll(() => place.dispose());
beforeEach(async () => {
  rpc = new LyingRpc(place.rpc);
  chain = await open(rpc);
});

function open(through: LyingRpc, finality: Finality = 'latest', identity = place.identity): Promise<Chain> {
  return createRegistryChain({ rpc: through, identity, journal: createMemoryJournal(), finality, limits: FAST });
}

function check({ header, nodes }: StateProof) {
  const { contract, codeHash } = chain.identity;
  const { stateRoot } = readHeader(header);
  return proveRelease({ stateRoot, nodes, contract, codeHash, model: ref.model, version: ref.version });
}

const UNTRUSTED = { code: 'UNTRUSTED', hint: expect.stringMatching(/./) };
const UNVERIFIABLE = { code: 'UNVERIFIABLE', hint: expect.stringMatching(/./) };
const other = `0x${'42'.repeat(32)}`;

describe('opening', () => {
  test('on another chain is UNTRUSTED', async () => {
    await expect(open(rpc, 'latest', registryIdentity(1))).rejects.toMatchObject(UNTRUSTED);
    rpc.lies.eth_chainId = async () => ({ result: '0x1' });
    await expect(open(rpc)).rejects.toMatchObject(UNTRUSTED);
  });

  test('on other code is UNTRUSTED, also where a node says it is ours', async () => {
    rpc.lies.eth_getCode = async () => ({ result: '0x6001' });
    await expect(open(rpc)).rejects.toMatchObject(UNTRUSTED);
  });

  test('where no contract is, is UNVERIFIABLE', async () => {
    const identity = registryIdentity(31337, approver.address);
    await expect(open(rpc, 'latest', identity)).rejects.toMatchObject(UNVERIFIABLE);
  });

  test('for reading alone needs no journal, and writes nothing', async () => {
    const reader = await createRegistryChain({ rpc, identity: place.identity, finality: 'latest' });
    expect(await reader.release(ref)).toMatchObject({ digest });
    await expect(reader.approve({ ref, versionCode: 1, digest }, approver)).rejects.toMatchObject({ code: 'USAGE' });
    expect(rpc.asked).not.toContain('eth_sendRawTransaction');
  });
});

describe('a proof', () => {
  test('of an honest node proves the release', async () => {
    expect(check(await chain.prove(ref))).toMatchObject({ digest, status: 'pending' });
  });

  test.each([
    ['hash', other],
    ['stateRoot', other],
    ['parentHash', other],
    ['timestamp', '0x1'],
    ['number', '0x1'],
    ['extraData', '0x00'],
    ['requestsHash', undefined],
    ['gasUsed', '0x123'],
  ])('from a node that lies about the %s of a block is UNTRUSTED', async (field, value) => {
    rpc.replace('eth_getBlockByNumber', (block) => ({ ...block, [field]: value }));
    await expect(chain.prove(ref)).rejects.toMatchObject(UNTRUSTED);
  });

  test.each([
    ['hash', 'x'],
    ['hash', null],
    ['stateRoot', '0xzz'],
    ['number', 'one'],
    ['timestamp', `0x${'f'.repeat(64)}`],
    ['timestamp', -1],
  ])('from a node whose block has a %s of %j is UNVERIFIABLE', async (field, value) => {
    rpc.replace('eth_getBlockByNumber', (block) => ({ ...block, [field]: value }));
    await expect(chain.prove(ref)).rejects.toMatchObject(UNVERIFIABLE);
  });

  test('takes nothing that no hash binds', async () => {
    rpc.replace('eth_getProof', (proof) => ({
      ...proof,
      address: other,
      balance: '0x1',
      codeHash: other,
      nonce: '0x99',
      storageHash: other,
      storageProof: (proof.storageProof as object[])
        .map((entry) => ({ ...entry, key: other, value: '0x42' }))
        .reverse(),
    }));
    expect(check(await chain.prove(ref))).toMatchObject({ digest, versionCode: 1 });
  });

  test('of another block is UNTRUSTED', async () => {
    const old = await place.call('eth_getProof', chain.identity.contract, [], '0x2');
    rpc.replace('eth_getProof', (proof) => ({ ...proof, accountProof: (old as typeof proof).accountProof }));
    await expect(chain.prove(ref)).rejects.toMatchObject(UNTRUSTED);
  });

  test('with a changed value does not prove', async () => {
    rpc.replace('eth_getProof', (proof) => {
      const storageProof = proof.storageProof as { proof: string[] }[];
      const changed = storageProof.map(({ proof: nodes }) => ({
        proof: nodes.map((node) => node.replace('abababab', 'abababac')),
      }));
      expect(JSON.stringify(changed)).not.toBe(
        JSON.stringify(storageProof.map(({ proof: nodes }) => ({ proof: nodes }))),
      );
      return { ...proof, storageProof: changed };
    });
    const proof = await chain.prove(ref);
    expect(() => check(proof)).toThrow(expect.objectContaining({ code: 'UNTRUSTED' }));
  });

  test("with another release's slots does not prove", async () => {
    rpc.lies.eth_getProof = async (_, [contract, , number]) => ({
      result: await place.call('eth_getProof', contract, [other, other, other, other], number),
    });
    const proof = await chain.prove(ref);
    expect(() => check(proof)).toThrow(expect.objectContaining({ code: 'UNTRUSTED' }));
  });

  test.each([
    ['no account', { accountProof: [] }, 'UNTRUSTED'],
    ['a slot too few', { storageProof: [] }, 'UNVERIFIABLE'],
    ['nodes that are none', { accountProof: ['0x1', 5] }, 'UNVERIFIABLE'],
    ['nodes without end', { accountProof: Array.from({ length: 5000 }, () => '0x00') }, 'UNVERIFIABLE'],
    ['no lists', { accountProof: {}, storageProof: null }, 'UNVERIFIABLE'],
  ])('with %s is refused', async (_, change, code) => {
    rpc.replace('eth_getProof', (proof) => ({ ...proof, ...change }));
    await expect(chain.prove(ref)).rejects.toMatchObject({ code });
  });

  test('that a reorganization overtook is made anew', async () => {
    let times = 0;
    const old = (await place.call('eth_getProof', chain.identity.contract, [], '0x2')) as Record<string, unknown>;
    rpc.replace('eth_getProof', (proof) => {
      times += 1;
      return times < 3 ? { ...proof, accountProof: old.accountProof } : proof;
    });
    expect(check(await chain.prove(ref))).toMatchObject({ digest });
  });

  test.each([
    ['null', { result: null }],
    ['an error', { refusal: { code: -39001, message: 'Unknown block', data: undefined } }],
  ])('from a node that answers %s for its finalized block is UNVERIFIABLE', async (_, answer) => {
    rpc.lies.eth_getBlockByNumber = async (honest, [tag]) => (tag === 'finalized' ? answer : honest());
    const strict = await open(rpc, 'finalized');
    await expect(strict.prove(ref)).rejects.toMatchObject(UNVERIFIABLE);
  });

  test('under the policy safe or finalized is of that block', async () => {
    await place.call('anvil_mine', '0x8');
    for (const finality of ['safe', 'finalized'] as const) {
      const { number } = await (await open(rpc, finality)).prove(ref);
      expect(number).toBe(
        Number(((await place.call('eth_getBlockByNumber', finality, false)) as { number: string }).number),
      );
    }
  });
});

describe('reads', () => {
  test.each(['0x', '0x12', 'nonsense', null, {}, `0x${'ff'.repeat(255)}`])(
    'that answer %j are UNVERIFIABLE',
    async (result) => {
      rpc.lies.eth_call = async () => ({ result });
      await expect(chain.release(ref)).rejects.toMatchObject(UNVERIFIABLE);
      await expect(chain.namespace('liars')).rejects.toMatchObject(UNVERIFIABLE);
    },
  );

  test.each([[[{}]], [[{ topics: ['0x12'], data: '0x', blockNumber: '0x1' }]], [Array(100).fill({})], ['x']])(
    'of a history that is none (%#) are UNVERIFIABLE',
    async (result) => {
      rpc.lies.eth_getLogs = async () => ({ result });
      await expect(chain.history(ref)).rejects.toMatchObject(UNVERIFIABLE);
    },
  );

  test('of a history take what a provider with a limit of range gives', async () => {
    let ranges = 0;
    rpc.lies.eth_getLogs = async (honest, [filter]) => {
      ranges += 1;
      if (ranges === 1) expect(filter).toMatchObject({ fromBlock: '0x0' });
      return ranges < 3 ? { refusal: { code: -32005, message: 'range too large', data: undefined } } : honest();
    };
    expect(await chain.history(ref)).toEqual({ approvals: [], revocation: undefined });
    expect(ranges).toBe(3);
  });

  test('of a history that a provider refuses altogether are UNVERIFIABLE', async () => {
    rpc.lies.eth_getLogs = async () => ({ refusal: { code: -32005, message: 'no', data: undefined } });
    await expect(chain.history(ref)).rejects.toMatchObject(UNVERIFIABLE);
  });
});

describe('a refusal of the contract is understood', () => {
  const data = '0x14a98ed4';
  test.each([
    ['as data', { code: 3, message: 'execution reverted', data: 'DATA' }],
    ['as data within data', { code: -32000, message: 'execution reverted', data: { data: 'DATA' } }],
    ['behind words', { code: -32015, message: 'VM execution error.', data: 'Reverted DATA' }],
    ['in the text', { code: -32000, message: 'execution reverted: DATA', data: undefined }],
  ])('%s', async (_, refusal) => {
    const words = `${'ab'.repeat(32)}${'ef'.repeat(32)}`;
    const filled = JSON.parse(JSON.stringify(refusal).replace('DATA', `${data}${words}`));
    rpc.lies.eth_estimateGas = async () => ({ refusal: filled });
    const publisher = await place.signer('publisher');
    const claim = { ref: parseReleaseRef('liars/model@2'), versionCode: 2, digest };
    await expect(chain.register(claim, publisher)).rejects.toMatchObject({
      code: 'TAMPERED',
      details: { expected: words, found: digest },
    });
    expect(rpc.asked).not.toContain('eth_sendRawTransaction');
  });

  test('and one that nobody understands is UNVERIFIABLE', async () => {
    rpc.lies.eth_estimateGas = async () => ({ refusal: { code: 3, message: 'reverted', data: '0xdeadbeef' } });
    const publisher = await place.signer('publisher');
    const claim = { ref: parseReleaseRef('liars/model@2'), versionCode: 2, digest };
    await expect(chain.register(claim, publisher)).rejects.toMatchObject(UNVERIFIABLE);
  });
});
