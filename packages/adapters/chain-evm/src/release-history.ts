import { toHex } from '@weighbridge/core/hex';
import type { ReleaseRef } from '@weighbridge/core/names';
import type { ChainIdentity, ReleaseHistory } from '@weighbridge/ports/chain';
import { keccakText } from '@weighbridge/verify/keccak256';
import type { Interface, LogDescription } from 'ethers/abi';
import { findBlock, latestBlock } from './block.js';
import { type JsonRpc, refusedCall, senselessAnswer } from './json-rpc.js';
import { isData, readInteger, readList, readObject, toQuantity } from './rpc-values.js';

/** 32 approvals and one revocation are the most that a release can have. */
const MAX_EVENTS = 64;
/** Newest blocks to look at where a provider refuses to search them all. */
const SHORTER_RANGES = [50_000, 9_000, 900] as const;

interface ReleaseEvent {
  readonly name: string;
  readonly args: LogDescription['args'];
  readonly at: number;
}

/**
 * What the events say of a release. A provider that searches only some of its blocks leaves older events out:
 * the history is for people, nothing is decided by it.
 * @throws UNVERIFIABLE
 */
export async function readHistory(
  rpc: JsonRpc,
  identity: ChainIdentity,
  abi: Interface,
  ref: ReleaseRef,
): Promise<ReleaseHistory> {
  const events = await readEvents(rpc, abi, await findLogs(rpc, identity, abi, ref));
  const revoked = events.find(({ name }) => name === 'ReleaseRevoked');
  return {
    approvals: events
      .filter(({ name }) => name === 'ReleaseApproved')
      .map(({ args, at }) => ({ key: args.approver, index: Number(args.index), at })),
    revocation: revoked && { text: revoked.args.text, at: revoked.at },
  };
}

async function findLogs(
  rpc: JsonRpc,
  identity: ChainIdentity,
  abi: Interface,
  ref: ReleaseRef,
): Promise<readonly unknown[]> {
  const names = ['ReleaseApproved', 'ReleaseRevoked'];
  const topics = [names.map((name) => abi.getEvent(name)!.topicHash), `0x${toHex(keccakText(ref.name))}`];
  const search = (fromBlock: string) =>
    rpc.ask('eth_getLogs', [{ address: identity.contract, topics, fromBlock, toBlock: 'latest' }]);
  let answer = await search('0x0');
  for (const blocks of SHORTER_RANGES) {
    if ('result' in answer) break;
    answer = await search(toQuantity(Math.max(0, (await latestBlock(rpc)).number - blocks)));
  }
  if ('refusal' in answer) throw refusedCall(rpc, 'eth_getLogs', answer.refusal);
  return readList(rpc, answer.result, "a release's events", MAX_EVENTS);
}

async function readEvents(rpc: JsonRpc, abi: Interface, logs: readonly unknown[]): Promise<ReleaseEvent[]> {
  const times = new Map<number, number>();
  const events: ReleaseEvent[] = [];
  for (const log of logs) {
    const { topics, data, blockNumber } = readObject(rpc, log, 'an event');
    const number = readInteger(rpc, blockNumber, "an event's block number");
    const at = times.get(number) ?? (await findBlock(rpc, number))?.timestamp;
    const parsed = parseLog(abi, topics, data);
    if (at === undefined || parsed === undefined) throw senselessAnswer(rpc, 'gives an event that is none');
    times.set(number, at);
    events.push({ name: parsed.name, args: parsed.args, at });
  }
  return events;
}

function parseLog(abi: Interface, topics: unknown, data: unknown): LogDescription | undefined {
  if (!Array.isArray(topics) || !topics.every(isData) || !isData(data)) return undefined;
  try {
    return abi.parseLog({ topics, data }) ?? undefined;
  } catch {
    return undefined;
  }
}
