import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { FakeChain } from '@weighbridge/ports/testing/fake-chain';
import { canonicalTrust, parseTrust, type Trust } from '@weighbridge/verify/trust';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lastExportDocument, readLastExport, requireHomeTrust, trustNamespace } from './home-trust.js';
import { FakeContext } from './testing/fake-context.js';
import { outsider } from './testing/house.js';

const { identity } = new FakeChain();

let context: FakeContext;

beforeEach(() => {
  context = new FakeContext();
});

afterEach(() => context.dispose());

const homeTrust = (): Trust => parseTrust(readFileSync(context.home.trust));

describe('requireHomeTrust', () => {
  it('without one it is UNTRUSTED', async () => {
    await expect(requireHomeTrust(context)).rejects.toMatchObject({
      code: 'UNTRUSTED',
      hint: expect.stringContaining('--trust'),
    });
  });

  it('a damaged one is MALFORMED', async () => {
    writeFileSync(context.home.trust, '{}');
    await expect(requireHomeTrust(context)).rejects.toMatchObject({ code: 'MALFORMED' });
  });
});

describe('trustNamespace', () => {
  it('needs the witness', async () => {
    await expect(trustNamespace(context, identity, 'acme')).rejects.toMatchObject({ code: 'USAGE' });
    expect(existsSync(context.home.trust)).toBe(false);
  });

  it("covers each namespace that was claimed here, by this home's own witness", async () => {
    const { address } = await context.keys.create('witness');
    await trustNamespace(context, identity, 'beta');
    await trustNamespace(context, identity, 'acme');
    expect(homeTrust()).toMatchObject({
      models: ['acme/*', 'beta/*'],
      witnesses: [address],
      issuedAt: context.nowSeconds,
    });
    expect(await requireHomeTrust(context)).toEqual(homeTrust());
  });

  it('changes nothing for a namespace that is covered', async () => {
    await context.keys.create('witness');
    await trustNamespace(context, identity, 'acme');
    const before = readFileSync(context.home.trust);
    context.clock.advance(100);
    await trustNamespace(context, identity, 'acme');
    expect(readFileSync(context.home.trust)).toEqual(before);
  });

  it('leaves alone what somebody else gave', async () => {
    await context.keys.create('witness');
    await trustNamespace(context, identity, 'acme');
    const given = canonicalTrust({ ...homeTrust(), witnesses: [outsider.address] });
    writeFileSync(context.home.trust, given);
    await trustNamespace(context, identity, 'beta');
    expect(readFileSync(context.home.trust)).toEqual(Buffer.from(given));
  });

  it('counts its version on from the last that was exported', async () => {
    await context.keys.create('witness');
    await trustNamespace(context, identity, 'acme');
    mkdirSync(context.home.journal);
    await lastExportDocument(context).write(canonicalTrust({ ...homeTrust(), version: 4 }));
    expect(await readLastExport(context)).toMatchObject({ version: 4 });
    await trustNamespace(context, identity, 'beta');
    expect(homeTrust().version).toBe(5);
  });
});
