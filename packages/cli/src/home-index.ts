import { existsSync } from 'node:fs';
import { isWeighbridgeError } from '@weighbridge/core/errors';
import type { Version } from '@weighbridge/core/brands';
import { type ReleaseRef, releaseRef } from '@weighbridge/core/names';
import { type IndexDoors, indexedRelease, indexedReleases } from '@weighbridge/journeys/index-releases';
import type { Chain } from '@weighbridge/ports/chain';
import type { IndexedRelease, ReleaseIndex } from '@weighbridge/ports/release-index';
import { openChannels } from './channels.js';
import type { Context } from './context.js';
import { EMBEDDED_CHAIN_ID, openChainToWrite, readHomeTrust } from './embedded-chain.js';
import { openReleases } from './releases.js';

/** No list is longer than what one process can hold. */
const ALL_ROWS = 1_000_000;

/** Rows of the index, when there is one and it is of the chain's present state; nothing is made or mended. */
export async function indexedNow(context: Context): Promise<IndexedRelease[] | undefined> {
  if (!existsSync(context.home.index)) return undefined;
  try {
    const trust = await readHomeTrust(context);
    const state = await chainState(context);
    if (trust === undefined || trust.chainId !== EMBEDDED_CHAIN_ID || state === undefined) return undefined;
    const index = await openIndex(context);
    return (await index.mark()) === markOf(state, trust.contract) ? await index.list({ limit: ALL_ROWS }) : undefined;
  } catch (error) {
    // Damaged, locked or read-only: what it says can be derived.
    if (isWeighbridgeError(error)) return undefined;
    throw error;
  }
}

/** How many rows the index has and whether they are of the chain's present state; undefined when there is no index. */
export async function indexState(context: Context): Promise<{ rows: number; isCurrent: boolean } | undefined> {
  if (!existsSync(context.home.index)) return undefined;
  const index = await openIndex(context);
  return { rows: await index.count(), isCurrent: isOf(await index.mark(), await chainState(context)) };
}

/**
 * Runs a task that changes what the chain says of a release, as the home folder's one writer, and brings the index along.
 */
export async function changeRelease<T>(
  context: Context,
  ref: ReleaseRef,
  task: (chain: Chain) => Promise<T>,
): Promise<T> {
  return context.asWriter(async () => {
    const before = await chainState(context);
    const chain = await openChainToWrite(context);
    const result = await task(chain);
    await keepIndexed(context, chain, ref, before);
    return result;
  });
}

/**
 * Puts a release and those beside it into the index, all of them when the index was not of the state before. What the chain
 * has is done, whatever becomes of the index: one that cannot be written is left, and not believed by whoever reads it.
 * @param before the chain's state before the change
 */
export async function keepIndexed(
  context: Context,
  chain: Chain,
  ref: ReleaseRef,
  before: string | undefined,
): Promise<void> {
  try {
    const index = await openIndex(context);
    const doors = await indexDoors(context, chain);
    const isOfBefore = isOf(await index.mark(), before);
    const mark = await chainMark(context, chain);
    if (isOfBefore) await index.put(await rowsBeside(index, doors, ref), mark);
    else await index.rebuild(await indexedReleases(doors), mark);
  } catch (error) {
    if (!isWeighbridgeError(error)) throw error;
  }
}

/** Makes the index anew from chain, manifests and channels. A damaged one is put aside. */
export async function rebuildIndex(
  context: Context,
  chain: Chain,
): Promise<{ readonly releases: number; readonly replaced: boolean }> {
  const rows = await indexedReleases(await indexDoors(context, chain));
  const mark = await chainMark(context, chain);
  try {
    await (await openIndex(context)).rebuild(rows, mark);
    return { releases: rows.length, replaced: false };
  } catch (error) {
    if (!isWeighbridgeError(error) || error.code !== 'MALFORMED') throw error;
  }
  const { replaceSqlIndex } = await import('@weighbridge/index-sql/sql-index');
  const index = await replaceSqlIndex({ path: context.home.index });
  context.atEnd(() => index.close());
  await index.rebuild(rows, mark);
  return { releases: rows.length, replaced: true };
}

async function indexDoors(context: Context, chain: Chain): Promise<IndexDoors> {
  const channels = await openChannels(context);
  return { chain, releases: openReleases(context), channels, signal: context.signal };
}

/** Another version of the model may be superseded now. */
async function rowsBeside(index: ReleaseIndex, doors: IndexDoors, ref: ReleaseRef): Promise<IndexedRelease[]> {
  const rows = [await indexedRelease(doors, ref)];
  for (const { release, status, version } of await index.list({ model: ref.model, limit: ALL_ROWS })) {
    if (release !== ref.name && status !== 'revoked')
      rows.push(await indexedRelease(doors, releaseRef(ref.model, version as Version)));
  }
  return rows;
}

async function openIndex(context: Context): Promise<ReleaseIndex> {
  const { openSqlIndex } = await import('@weighbridge/index-sql/sql-index');
  const index = await openSqlIndex({ path: context.home.index });
  context.atEnd(() => index.close());
  return index;
}

/** Names the state that the embedded chain has on disk; undefined when there is none. */
export async function chainState(context: Context): Promise<string | undefined> {
  const { stateMark } = await import('@weighbridge/chain-evm/state-file');
  return stateMark(context.home.chain);
}

/** What rows derived now are of: the chain's state, and the contract that was asked. */
export async function chainMark(context: Context, { identity }: Chain): Promise<string | undefined> {
  const state = await chainState(context);
  return state === undefined ? undefined : markOf(state, identity.contract);
}

function markOf(state: string, contract: string): string {
  return `${state}:${contract}`;
}

function isOf(mark: string | undefined, state: string | undefined): boolean {
  return mark !== undefined && state !== undefined && mark.startsWith(markOf(state, ''));
}
