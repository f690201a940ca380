import { existsSync } from 'node:fs';
import type { EmbeddedChain } from '@weighbridge/chain-evm/embedded-chain';
import type { Address } from '@weighbridge/core/brands';
import { WeighbridgeError } from '@weighbridge/core/errors';
import type { ReleaseRef } from '@weighbridge/core/names';
import { openDocument } from '@weighbridge/files-local/local-document';
import type { Chain } from '@weighbridge/ports/chain';
import type { Signer } from '@weighbridge/ports/signer';
import { parseTrust, type Trust, TRUST_MAX_BYTES } from '@weighbridge/verify/trust';
import type { Context } from './context.js';
import { usage } from './usage.js';

/** The embedded profile's own single witness. */
export const WITNESS_KEY = 'witness';
export const EMBEDDED_CHAIN_ID = 31_337;

/** Whether this home has a chain of its own already. */
export async function hasChain(context: Context): Promise<boolean> {
  const { previousStatePath, statePath } = await import('@weighbridge/chain-evm/state-file');
  return [statePath, previousStatePath].some((path) => existsSync(path(context.home.chain)));
}

/** @throws UNVERIFIABLE where there is no chain: what only changes a release makes none */
export async function requireChain(context: Context, ref: ReleaseRef): Promise<void> {
  if (await hasChain(context)) return;
  throw new WeighbridgeError('UNVERIFIABLE', `this home folder has no chain that could know ${ref.name}`, {
    hint: 'use the home folder that registered the release (--home)',
    details: { release: ref.name },
  });
}

/** Opens the chain to read; nothing of the home folder changes. @throws UNVERIFIABLE where there is none yet */
export async function openChainToRead(context: Context): Promise<Chain> {
  return openChain(context, false, []);
}

/** Opens the chain to write, with funds for these keys; only as the writer of the home folder. */
export async function openChainToWrite(context: Context): Promise<EmbeddedChain> {
  const keys = await context.keys.list();
  return openChain(
    context,
    true,
    keys.map(({ address }) => address),
  );
}

async function openChain(context: Context, writable: boolean, fund: readonly Address[]): Promise<EmbeddedChain> {
  const trust = await readHomeTrust(context);
  if (trust !== undefined && trust.chainId !== EMBEDDED_CHAIN_ID) throw otherChain(context, trust);
  const { openEmbeddedChain } = await import('@weighbridge/chain-evm/embedded-chain');
  const { chain: folder, journal: journalFolder } = context.home;
  const chain = await openEmbeddedChain({ folder, journalFolder, writable, fund });
  context.atEnd(() => chain.close());
  if (trust !== undefined && trust.contract !== chain.identity.contract) throw otherContract(trust, chain);
  return chain;
}

export async function readHomeTrust(context: Context): Promise<Trust | undefined> {
  const bytes = await openDocument(context.home.trust).read(TRUST_MAX_BYTES);
  return bytes === undefined ? undefined : parseTrust(bytes);
}

/** The witness key of this home, which the first claim made. @throws UNVERIFIABLE where there is none */
export async function unlockWitness(context: Context): Promise<Signer> {
  const known = await context.keys.list();
  if (!known.some(({ name }) => name === WITNESS_KEY)) {
    throw new WeighbridgeError(
      'UNVERIFIABLE',
      'this home folder has no witness key, so nothing vouches for its chain',
      {
        hint: 'use the home folder that registered the release, or verify with a bundle',
      },
    );
  }
  return context.keys.unlock(WITNESS_KEY);
}

function otherChain(context: Context, trust: Trust): WeighbridgeError {
  return usage(
    `the trust file of this home folder is for chain ${trust.chainId}, not for the embedded chain`,
    `use another --home for the embedded chain, or remove ${context.home.trust}`,
  );
}

function otherContract(trust: Trust, chain: Chain): WeighbridgeError {
  return new WeighbridgeError(
    'UNTRUSTED',
    `this chain's contract ${chain.identity.contract} is not the trusted ${trust.contract}`,
    {
      hint: 'import the trust file of this deployment, or use the home folder that belongs to it',
      details: { expected: trust.contract, found: chain.identity.contract },
    },
  );
}
