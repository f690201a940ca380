import type { Address, Digest, ModelName, Version } from '@weighbridge/core/brands';
import { toHex } from '@weighbridge/core/hex';
import { hexlify, keccak256 as ethersKeccak, TypedDataEncoder, toUtf8Bytes } from 'ethers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { approvalDigest } from './approval.js';
import { checkpointDigest } from './checkpoint.js';
import { structHash, typedDataDigest } from './eip712.js';
import { keccak256 } from './keccak256.js';
import { releaseSlots } from './storage-layout.js';
import { makeWorld, WORLD_CONTRACT } from './testing/world.js';
import { trustDigest } from './trust.js';

const uint64 = (name: string) => ({ name, type: 'uint64' });
const bytes32 = (name: string) => ({ name, type: 'bytes32' });
const string = (name: string) => ({ name, type: 'string' });
const number = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const domainOf = (name: string, chainId: number) => ({
  name,
  version: '1',
  chainId,
  verifyingContract: WORLD_CONTRACT,
});

const APPROVAL = {
  approver: '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359' as Address,
  model: 'acme/pilot-llm' as ModelName,
  version: '1.2.0' as Version,
  versionCode: 7,
  digest: `${'12'.repeat(32)}${'ab'.repeat(32)}` as Digest,
  epoch: 3,
  deadline: 1_767_225_600,
};

describe('keccak256', () => {
  it('agrees with ethers', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
        expect(hexlify(keccak256(bytes))).toBe(ethersKeccak(bytes));
      }),
    );
  });
});

describe('checkpointDigest', () => {
  it('is the EIP-712 digest that ethers computes', () => {
    const types = {
      Checkpoint: [uint64('chainId'), uint64('number'), bytes32('hash'), uint64('issuedAt'), uint64('maxAgeSeconds')],
    };
    fc.assert(
      fc.property(
        number,
        number,
        number,
        number,
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        (chainId, block, issuedAt, maxAgeSeconds, raw) => {
          const statement = { number: block, hash: toHex(raw), issuedAt, maxAgeSeconds };
          const expected = TypedDataEncoder.hash(domainOf('Weighbridge Checkpoint', chainId), types, {
            ...statement,
            chainId,
            hash: raw,
          });
          expect(hexlify(checkpointDigest({ chainId, contract: WORLD_CONTRACT }, statement))).toBe(expected);
        },
      ),
    );
  });
});

describe('approvalDigest', () => {
  it('is the EIP-712 digest that ethers computes', () => {
    const types = {
      Approval: [
        { name: 'approver', type: 'address' },
        string('model'),
        string('version'),
        uint64('versionCode'),
        bytes32('digestHigh'),
        bytes32('digestLow'),
        uint64('epoch'),
        uint64('deadline'),
      ],
    };
    const value = { ...APPROVAL, digestHigh: `0x${'12'.repeat(32)}`, digestLow: `0x${'ab'.repeat(32)}` };
    const expected = TypedDataEncoder.hash(domainOf('Weighbridge', 31_337), types, value);
    expect(hexlify(approvalDigest({ chainId: 31_337, contract: WORLD_CONTRACT }, APPROVAL))).toBe(expected);
  });
});

describe('known answers of the format pages', () => {
  const registry = { chainId: 11_155_111, contract: WORLD_CONTRACT };
  it('bundle-v1 §4.2', () => {
    const statement = { number: 100, hash: 'ab'.repeat(32), issuedAt: 1_767_225_600, maxAgeSeconds: 2_592_000 };
    expect(toHex(checkpointDigest(registry, statement))).toBe(
      'c88782d277b23d00f04fd584682652d3724ba7088cca54e7c060154a66e7d27f',
    );
  });

  it('bundle-v1 §5.3', () => {
    const { meta, model } = releaseSlots('acme/pilot-llm' as ModelName, '1.2.0' as Version);
    expect(toHex(meta)).toBe('a80bed656160f75d9ac236a666baa9f81c953775ed66c53b7225bed59a8e3f14');
    expect(toHex(model)).toBe('040cb2d189e6dde225c7d3b04a44f02ed10010aa7c7b38bf5abb2e6eb1594154');
  });

  it('approval-v1 §3', () => {
    const found = approvalDigest(registry, APPROVAL);
    expect(toHex(found)).toBe('246896c661d66e50511dc2a9963814e14fa4dac9b8d859b131f9bea2c3583e3e');
  });
});

describe('trustDigest', () => {
  it('is the EIP-712 digest that ethers computes over the file without its signatures', () => {
    const { trust, trustBytes } = makeWorld();
    const { signatures: _, ...rest } = JSON.parse(Buffer.from(trustBytes).toString()) as Record<string, unknown>;
    const canonical = JSON.stringify(Object.fromEntries(Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1))));
    const value = { digest: ethersKeccak(toUtf8Bytes(canonical)) };
    const expected = TypedDataEncoder.hash(
      domainOf('Weighbridge Trust', trust.chainId),
      { Trust: [bytes32('digest')] },
      value,
    );
    expect(hexlify(trustDigest(trust))).toBe(expected);
  });
});

describe('typedDataDigest', () => {
  const hash = new Uint8Array(32);
  const domain = { name: 'Weighbridge', chainId: 1, verifyingContract: WORLD_CONTRACT };
  const other = '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359' as Address;
  it.each([
    ['name', { ...domain, name: 'Weighbridge Trust' }],
    ['version', { ...domain, version: '2' }],
    ['chain', { ...domain, chainId: 2 }],
    ['contract', { ...domain, verifyingContract: other }],
  ])('binds the %s', (_, changed) => expect(typedDataDigest(changed, hash)).not.toEqual(typedDataDigest(domain, hash)));
});

describe('structHash', () => {
  it('takes words alone', () => expect(() => structHash('A(uint64 b)', new Uint8Array(31))).toThrow(RangeError));
});
