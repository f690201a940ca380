import { setTimeout as sleep } from 'node:timers/promises';
import type { Address } from '@weighbridge/core/brands';
import { isWeighbridgeError, WeighbridgeError } from '@weighbridge/core/errors';
import type { Signer } from '@weighbridge/ports/signer';
import { type Broadcast, broadcast } from './broadcast.js';
import { bumpFees, capFees, suggestFees } from './fees.js';
import { callRpc, type JsonRpc, shown } from './json-rpc.js';
import { findMined, type MinedTransaction } from './mined-transaction.js';
import { readInteger } from './rpc-values.js';
import { readTransaction, signTransaction, transactionHash } from './signed-transaction.js';
import type { JournalledTransaction, TransactionJournal } from './transaction-journal.js';

export interface SenderLimits {
  /** How long a transaction may take to be mined before the caller is told that it still waits. */
  readonly confirmWithinMs: number;
  /** How often it is handed to the node again; nodes forget. */
  readonly resendEveryMs: number;
  /** After how long it is signed again with higher fees. */
  readonly bumpEveryMs: number;
  /** How long a nonce must be used without a receipt of ours until the transaction counts as lost. */
  readonly lostAfterMs: number;
  /** Pauses between two looks, growing from the first to the second. */
  readonly pollMs: readonly [number, number];
}

export const DEFAULT_LIMITS: SenderLimits = {
  confirmWithinMs: 180_000,
  resendEveryMs: 10_000,
  bumpEveryMs: 45_000,
  lostAfterMs: 15_000,
  pollMs: [100, 2_000],
};

/** A transaction to be made, simulated already. */
export interface PlannedTransaction {
  readonly to: Address;
  /** `0x` hex. */
  readonly data: string;
  readonly gasLimit: bigint;
  /** Wei. */
  readonly value?: bigint;
  /** For people. */
  readonly purpose: string;
}

export interface SenderContext {
  readonly rpc: JsonRpc;
  readonly chainId: number;
  readonly journal: TransactionJournal;
  /** The highest block that can no longer be lost. @throws UNVERIFIABLE when nobody can tell */
  readonly settledBlock: () => Promise<number>;
  readonly limits: SenderLimits;
}

/** `lost`: another transaction has taken the nonce; nothing of ours was done. */
export type SendOutcome = MinedTransaction | 'lost';

/**
 * Signs, journals, sends and waits for the first canonical receipt.
 * The signed bytes are durable before any node sees them: a crash after that sends the same bytes again.
 * @throws UNVERIFIABLE when it is not mined in time (it stays journalled); USAGE when the sender cannot pay
 */
export async function sendTransaction(
  context: SenderContext,
  plan: PlannedTransaction,
  signer: Signer,
): Promise<SendOutcome> {
  const entry = await journalTransaction(context, plan, signer);
  const { outcome, text } = await broadcast(context.rpc, newest(entry)).catch(unknownBroadcast);
  if (outcome === 'nonce-claimed') return lose(context, entry, text);
  if (outcome === 'unfunded' || outcome === 'refused') {
    await context.journal.drop(entry, text);
    throw outcome === 'unfunded' ? unfunded(signer.address, plan.purpose) : notTaken(plan.purpose, text);
  }
  return awaitMined(context, entry, signer);
}

function unknownBroadcast(error: unknown): Broadcast {
  requireUnverifiable(error);
  return { outcome: 'pooled', text: '' };
}

/**
 * Waits for what this sender sent earlier, and forgets what is settled of it. With that done, the chain's state says
 * what is left to do.
 * @throws UNVERIFIABLE when it is not mined in time
 */
export async function settleSender(context: SenderContext, signer: Signer): Promise<void> {
  const entries = (await context.journal.list()).filter(({ sender }) => sender === signer.address);
  const settled = entries.length === 0 ? UNKNOWN : await settledBlockOf(context);
  for (const entry of entries) {
    const outcome = await awaitMined(context, entry, signer);
    if (outcome !== 'lost' && outcome.blockNumber <= settled) await context.journal.remove(entry);
  }
}

const UNKNOWN = -1;

/** A node that cannot name the block costs nothing: all is kept. */
async function settledBlockOf({ settledBlock }: SenderContext): Promise<number> {
  return settledBlock().catch(() => UNKNOWN);
}

async function journalTransaction(
  context: SenderContext,
  plan: PlannedTransaction,
  signer: Signer,
): Promise<JournalledTransaction> {
  const { rpc, chainId, journal } = context;
  const { purpose, ...call } = plan;
  const nonce = await nonceOf(rpc, signer.address, 'pending');
  const fees = capFees(await suggestFees(rpc), plan.gasLimit);
  const raw = await signTransaction({ ...call, chainId, nonce, ...fees }, signer);
  return journal.add({ sender: signer.address, nonce, purpose, raws: [raw] });
}

async function awaitMined(context: SenderContext, first: JournalledTransaction, signer: Signer): Promise<SendOutcome> {
  const { limits } = context;
  const start = performance.now();
  const elapsed = () => performance.now() - start;
  const due = { resend: limits.resendEveryMs, bump: limits.bumpEveryMs };
  let entry = first;
  let cause: unknown;
  for (
    let pause = limits.pollMs[0];
    elapsed() < limits.confirmWithinMs;
    pause = Math.min(pause * 1.3, limits.pollMs[1])
  ) {
    try {
      const outcome = await lookFor(context, entry);
      if (outcome !== undefined) return outcome;
      if (elapsed() >= due.bump) {
        due.bump = elapsed() + limits.bumpEveryMs;
        entry = await bump(context, entry, signer);
        due.resend = 0;
      }
      if (elapsed() >= due.resend) {
        due.resend = elapsed() + limits.resendEveryMs;
        await broadcast(context.rpc, newest(entry));
      }
    } catch (error) {
      cause = requireUnverifiable(error);
    }
    await sleep(pause);
  }
  throw stillWaiting(entry, limits, cause);
}

/** The node may come back before the time is up; any other trouble will not pass. */
function requireUnverifiable(error: unknown): unknown {
  if (isWeighbridgeError(error) && error.code === 'UNVERIFIABLE') return error;
  throw error;
}

/** Receipt or loss of a transaction; undefined while it waits. */
async function lookFor(context: SenderContext, entry: JournalledTransaction): Promise<SendOutcome | undefined> {
  const { limits, rpc } = context;
  const hashes = entry.raws.map(transactionHash);
  const start = performance.now();
  for (;;) {
    const mined = await findMined(rpc, hashes);
    if (mined !== undefined) return mined;
    if ((await nonceOf(rpc, entry.sender, 'latest')) <= entry.nonce) return undefined;
    // a node shows the nonce before the receipt, for a moment; behind one URL there may be several nodes
    if (performance.now() - start > limits.lostAfterMs)
      return lose(context, entry, 'another transaction took its nonce');
    await sleep(limits.pollMs[0]);
  }
}

async function lose({ journal }: SenderContext, entry: JournalledTransaction, reason: string): Promise<'lost'> {
  await journal.drop(entry, reason);
  return 'lost';
}

async function bump(
  context: SenderContext,
  entry: JournalledTransaction,
  signer: Signer,
): Promise<JournalledTransaction> {
  const terms = await readTransaction(newest(entry));
  const fees = capFees(bumpFees(terms, await suggestFees(context.rpc)), terms.gasLimit);
  return context.journal.addReplacement(entry, await signTransaction({ ...terms, ...fees }, signer));
}

/**
 * Sends again what is journalled and not mined, and forgets what is settled: mined at or below the settled block.
 * @param awaitEachMs how long to wait for one to be mined before the next is sent
 * @returns how many transactions were sent again
 * @throws UNVERIFIABLE
 */
export async function resendJournalled(context: SenderContext, awaitEachMs: number): Promise<number> {
  const entries = await context.journal.list();
  const settled = entries.length === 0 ? UNKNOWN : await settledBlockOf(context);
  let resent = 0;
  for (const entry of entries) {
    const outcome = await lookFor(context, entry);
    if (outcome === 'lost') continue;
    if (outcome === undefined) {
      await broadcast(context.rpc, newest(entry));
      await awaitResent(context, entry, awaitEachMs);
      resent += 1;
    } else if (outcome.blockNumber <= settled) {
      await context.journal.remove(entry);
    }
  }
  return resent;
}

async function awaitResent(context: SenderContext, entry: JournalledTransaction, withinMs: number): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (performance.now() < deadline && (await lookFor(context, entry)) === undefined) {
    await sleep(context.limits.pollMs[0]);
  }
}

async function nonceOf(rpc: JsonRpc, account: Address, tag: 'latest' | 'pending'): Promise<number> {
  return readInteger(rpc, await callRpc(rpc, 'eth_getTransactionCount', [account, tag]), 'a nonce');
}

function newest(entry: JournalledTransaction): string {
  return entry.raws[entry.raws.length - 1]!;
}

function stillWaiting(entry: JournalledTransaction, limits: SenderLimits, cause: unknown): WeighbridgeError {
  const seconds = limits.confirmWithinMs / 1000;
  return new WeighbridgeError('UNVERIFIABLE', `${entry.purpose}: not mined within ${seconds} s`, {
    hint: 'it is kept and sent again by the next command that writes; run this one again to see it done',
    cause,
  });
}

function notTaken(purpose: string, text: string): WeighbridgeError {
  return new WeighbridgeError('UNVERIFIABLE', `${purpose}: the node refuses the transaction: ${shown(text)}`, {
    hint: 'try again, or use another node',
  });
}

function unfunded(sender: Address, purpose: string): WeighbridgeError {
  return new WeighbridgeError('USAGE', `${purpose}: ${sender} cannot pay for the transaction`, {
    hint: `send ether to ${sender}, then run the command again`,
  });
}
