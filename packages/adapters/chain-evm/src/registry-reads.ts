import type { ModelName } from '@weighbridge/core/brands';
import type { ReleaseRef } from '@weighbridge/core/names';
import {
  type ChainIdentity,
  type ModelRecord,
  type NamespaceRecord,
  REASONS,
  type ReleaseRecord,
  type ReleaseStatus,
} from '@weighbridge/ports/chain';
import { toAddress } from '@weighbridge/verify/signatures';
import type { Interface, Result } from 'ethers/abi';
import { callRpc, type JsonRpc, senselessAnswer } from './json-rpc.js';
import { digestFromWords, roleOfWord } from './registry-abi.js';
import { isData } from './rpc-values.js';

/** The views of one registry; `tag` is a JSON-RPC block tag. All throw UNVERIFIABLE. */
export interface RegistryReads {
  release(ref: ReleaseRef, tag?: string): Promise<ReleaseRecord | undefined>;
  model(model: ModelName, tag?: string): Promise<ModelRecord>;
  namespace(namespace: string, tag?: string): Promise<NamespaceRecord | undefined>;
}

/** Indexed by the number on chain. */
const STATUSES: readonly (ReleaseStatus | undefined)[] = [undefined, 'pending', 'approved', 'revoked'];

export function createRegistryReads(
  rpc: JsonRpc,
  identity: ChainIdentity,
  loadAbi: () => Promise<Interface>,
): RegistryReads {
  const view = async (name: string, argument: string, tag: string): Promise<Result> => {
    const abi = await loadAbi();
    const data = abi.encodeFunctionData(name, [argument]);
    const answer = await callRpc(rpc, 'eth_call', [{ to: identity.contract, data }, tag]);
    if (!isData(answer)) throw senselessAnswer(rpc, 'gives no bytes as the result of a call');
    return decode(rpc, abi, name, answer);
  };
  return {
    release: async (ref, tag = 'latest') => readRelease(await view('release', ref.name, tag)),
    model: async (model, tag = 'latest') => readModel(await view('modelOf', model, tag)),
    namespace: async (namespace, tag = 'latest') => readNamespace(await view('namespaceOf', namespace, tag)),
  };
}

function decode(rpc: JsonRpc, abi: Interface, name: string, data: string): Result {
  try {
    return abi.decodeFunctionResult(name, data);
  } catch {
    throw senselessAnswer(rpc, `gives a result of ${name} that is none`);
  }
}

function readRelease(result: Result): ReleaseRecord | undefined {
  const status = STATUSES[Number(result.status)];
  if (status === undefined) return undefined;
  return {
    publisher: result.publisher,
    versionCode: Number(result.versionCode),
    status,
    reason: REASONS[Number(result.reason)] ?? 'other',
    approvals: Number(result.approvals),
    threshold: Number(result.threshold),
    digest: digestFromWords(result.digestHigh, result.digestLow),
  };
}

function readModel(result: Result): ModelRecord {
  return {
    latest: Number(result.latest),
    latestApproved: Number(result.latestApproved),
    minAllowed: Number(result.minAllowed),
  };
}

const NOBODY = toAddress(new Uint8Array(20));

function readNamespace(result: Result): NamespaceRecord | undefined {
  if (result.publisher === NOBODY) return undefined;
  const active = Number(result.active);
  return {
    publisher: result.publisher,
    guardian: result.guardian,
    epoch: Number(result.epoch),
    threshold: Number(result.threshold),
    approvers: (result.approvers as Result[]).map(({ key, role }, index) => ({
      index,
      key,
      role: roleOfWord(role),
      active: ((active >>> index) & 1) === 1,
    })),
  };
}
