import { FakeDocument } from '@weighbridge/ports/testing/fake-document';
import { checkpointDigest } from '@weighbridge/verify/checkpoint';
import { recoverAddress } from '@weighbridge/verify/signatures';
import { beforeEach, describe, expect, it } from 'vitest';
import { type House, REF, registeredHouse, witness } from './testing/house.js';
import { recordCheckpoint, signCheckpoint } from './witness.js';
import { parseLedger } from './witness-ledger.js';

let house: House;

beforeEach(async () => {
  house = await registeredHouse();
});

describe('signCheckpoint', () => {
  async function sign(ahead: number) {
    const proof = await house.chain.prove(REF);
    const doors = { identity: house.chain.identity, signer: witness, nowSeconds: proof.timestamp + ahead };
    return { proof, checkpoint: await signCheckpoint(doors, proof, 3600) };
  }

  it("signs the proven block with the witness's own clock", async () => {
    const { proof, checkpoint } = await sign(30);
    expect(checkpoint).toMatchObject({ number: proof.number, hash: proof.blockHash });
    const [signed] = checkpoint.signatures;
    expect(signed).toMatchObject({ witness: witness.address, issuedAt: proof.timestamp + 30, maxAgeSeconds: 3600 });
    const statement = { ...checkpoint, issuedAt: signed!.issuedAt, maxAgeSeconds: 3600 };
    expect(recoverAddress(checkpointDigest(house.chain.identity, statement), signed!.signature)).toBe(witness.address);
  });

  it("signs with the block's time where its clock is behind that", async () => {
    const { proof, checkpoint } = await sign(-30);
    expect(checkpoint.signatures[0]!.issuedAt).toBe(proof.timestamp);
  });
});

describe('recordCheckpoint', () => {
  const [A, B] = ['a'.repeat(64), 'b'.repeat(64)];
  let ledger: FakeDocument;

  beforeEach(() => {
    ledger = new FakeDocument();
  });

  const record = (number: number, hash: string, identity = house.chain.identity) =>
    recordCheckpoint(ledger, identity, { number, hash, signatures: [] });

  it('remembers the newest block of each chain', async () => {
    await record(5, A);
    await record(6, B);
    const other = { ...house.chain.identity, chainId: 1 };
    await record(2, A, other);
    const { contract } = house.chain.identity;
    expect(parseLedger(ledger.bytes!)).toEqual({
      [`31337:${contract}`]: { number: 6, hash: B },
      [`1:${contract}`]: { number: 2, hash: A },
    });
  });

  it('takes the same block again', async () => {
    await record(5, A);
    await record(5, A);
  });

  it.each([
    ['another hash for the same number', 5, B],
    ['an older block', 4, A],
  ])('%s is UNVERIFIABLE, and nothing is written', async (_, number, hash) => {
    await record(5, A);
    await expect(record(number, hash)).rejects.toMatchObject({
      code: 'UNVERIFIABLE',
      hint: expect.stringMatching(/./),
    });
    expect(ledger.writes).toBe(1);
  });

  it('a ledger that cannot be written is IO: without memory nothing leaves the house', async () => {
    ledger.isReadOnly = true;
    await expect(record(5, A)).rejects.toMatchObject({ code: 'IO' });
  });

  it('a damaged ledger is MALFORMED, and stays as it is', async () => {
    ledger.bytes = Buffer.from('{}');
    await expect(record(5, A)).rejects.toMatchObject({ code: 'MALFORMED' });
    expect(ledger.writes).toBe(0);
  });
});
