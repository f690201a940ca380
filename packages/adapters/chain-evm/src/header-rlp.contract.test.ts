import { toHex } from '@weighbridge/core/hex';
import { readHeader } from '@weighbridge/verify/header';
import { keccak256 } from '@weighbridge/verify/keccak256';
import { decodeRlp, encodeRlp, type RlpList, rlpInteger } from '@weighbridge/verify/rlp';
import { describe, expect, test } from 'vitest';
import { setTime } from './anvil-node.js';
import { startAnvil } from './anvil-process.js';
import { type Block, findBlock } from './block.js';
import { rebuildHeader } from './header-rlp.js';
import { createHttpJsonRpc } from './http-json-rpc.js';
import { callRpc, type JsonRpc } from './json-rpc.js';

async function onNode<T>(hardfork: string, task: (rpc: JsonRpc) => Promise<T>): Promise<T> {
  const anvil = await startAnvil({ settings: { hardfork } });
  const rpc = createHttpJsonRpc(anvil.url);
  try {
    return await task(rpc);
  } finally {
    rpc.close();
    await anvil.stop();
  }
}

describe('the header of a node on', () => {
  test.each([
    ['cancun', 20],
    ['prague', 21],
    ['osaka', 21],
  ])('%s is rebuilt from its %i fields', async (hardfork, count) => {
    await onNode(hardfork, async (rpc) => {
      await setTime(rpc, 1_800_000_000);
      await callRpc(rpc, 'anvil_mine', ['0x3']);
      for (const number of [0, 1, 3]) {
        const block = (await findBlock(rpc, number))!;
        const header = rebuildHeader(rpc, block)!;
        expect(decodeRlp(header)).toHaveLength(count);
        expect(readHeader(header)).toMatchObject({ hash: block.hash, number, timestamp: block.timestamp });
      }
    });
  });
});

describe('a header of another fork', () => {
  /** Prague's fields with fewer or more, hashed together. */
  async function headerOf(count: number): Promise<{ block: Block; header: Uint8Array }> {
    return onNode('prague', async (rpc) => {
      await callRpc(rpc, 'anvil_mine', ['0x1']);
      const prague = (await findBlock(rpc, 1))!;
      const list = new Uint8Array(32).fill(7);
      const all = [...(decodeRlp(rebuildHeader(rpc, prague)!) as RlpList), list, rlpInteger(77)];
      const header = encodeRlp(all.slice(0, count));
      const more = { blockAccessListHash: `0x${toHex(list)}`, slotNumber: '0x4d' };
      const fields = count === 23 ? { ...prague.fields, ...more } : prague.fields;
      return { block: { ...prague, fields, hash: toHex(keccak256(header)) }, header };
    });
  }
  const rpc = { location: 'x' } as JsonRpc;

  test.each([16, 17, 20, 23])('is rebuilt from its %i fields', async (count) => {
    const { block, header } = await headerOf(count);
    expect(rebuildHeader(rpc, block)).toEqual(header);
  });

  test('of an unknown number of fields is none', async () => {
    const { block } = await headerOf(18);
    expect(rebuildHeader(rpc, block)).toBeUndefined();
  });

  test('is not taken with one of them changed or missing', async () => {
    const { block } = await headerOf(23);
    for (const change of [{ slotNumber: '0x4e' }, { blockAccessListHash: undefined }, { gasUsed: '0x1' }]) {
      expect(rebuildHeader(rpc, { ...block, fields: { ...block.fields, ...change } })).toBeUndefined();
    }
  });
});
