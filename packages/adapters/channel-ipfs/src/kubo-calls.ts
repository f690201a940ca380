import { isWeighbridgeError } from '@weighbridge/core/errors';
import { create } from 'ipfs-http-client';
import { unreachable } from './http-answer.js';
import { forbidden, type KuboRpcOptions } from './kubo-rpc.js';
import { locationOf } from './http-answer.js';

/** The small calls of a node's RPC. All reject with UNVERIFIABLE, or with the signal's reason. */
export interface KuboCalls {
  version(signal?: AbortSignal): Promise<string>;
  pin(cid: string, signal?: AbortSignal): Promise<void>;
  /** Does nothing where it is not pinned. */
  unpin(cid: string): Promise<void>;
  /** CID of what a path of the node's file system names. */
  cidAt(path: string, signal?: AbortSignal): Promise<string | undefined>;
  /** Makes a path name a CID. */
  nameAs(cid: string, path: string, signal?: AbortSignal): Promise<void>;
  unname(path: string): Promise<void>;
  countNames(folder: string, signal?: AbortSignal): Promise<number>;
  sizeBytes(signal?: AbortSignal): Promise<number>;
}

/** The node walks a whole DAG before it answers. */
const IDLE_TIMES_A_PIN = 20;

export function createKuboCalls({ api, authorization, idleMs }: KuboRpcOptions): KuboCalls {
  const location = locationOf(api);
  const client = create({
    url: new URL(`${api.pathname.replace(/\/$/, '')}/api/v0`, api),
    ...(authorization === undefined ? {} : { headers: { authorization } }),
  });
  const options = (signal?: AbortSignal, timeout = idleMs) => ({
    timeout,
    ...(signal === undefined ? {} : { signal }),
  });
  const call = async <T>(task: () => Promise<T>, signal?: AbortSignal): Promise<T> => {
    signal?.throwIfAborted();
    try {
      return await task();
    } catch (cause) {
      throw signal?.aborted === true ? signal.reason : failureOf(location, cause);
    }
  };
  const calls: KuboCalls = {
    version: (signal) => call(async () => (await client.version(options(signal))).version, signal),
    pin: (cid, signal) =>
      call(async () => {
        await client.pin.add(cid, options(signal, idleMs * IDLE_TIMES_A_PIN));
      }, signal),
    unpin: (cid) =>
      call(async () => {
        await client.pin.rm(cid, options()).catch(unlessSaid(/not pinned/));
      }),
    cidAt: (path, signal) =>
      call(async () => {
        const found = await client.files.stat(path, options(signal)).catch(unlessSaid(/does not exist/));
        return found?.cid.toString();
      }, signal),
    async nameAs(cid, path, signal) {
      const found = await calls.cidAt(path, signal);
      if (found === cid) return;
      if (found !== undefined) await calls.unname(path);
      await call(async () => {
        const named = { ...options(signal), parents: true, flush: true };
        await client.files.cp(`/ipfs/${cid}`, path, named).catch(unlessSaid(/already has entry/));
      }, signal);
      // Somebody else may have been quicker.
      if ((await calls.cidAt(path, signal)) !== cid) throw unreachable(location, `does not keep ${cid} as ${path}`);
    },
    unname: (path) =>
      call(async () => {
        await client.files.rm(path, { ...options(), recursive: true }).catch(unlessSaid(/does not exist/));
      }),
    countNames: (folder, signal) =>
      call(async () => {
        let count = 0;
        try {
          for await (const _ of client.files.ls(folder, options(signal))) count += 1;
        } catch (error) {
          unlessSaid(/does not exist/)(error);
        }
        return count;
      }, signal),
    sizeBytes: (signal) => call(async () => Number((await client.repo.stat(options(signal))).repoSize), signal),
  };
  return calls;
}

/** Errors of Kubo have no code: what is harmless is told by its text. */
function unlessSaid(pattern: RegExp): (error: unknown) => undefined {
  return (error) => {
    if (error instanceof Error && pattern.test(error.message)) return undefined;
    throw error;
  };
}

function failureOf(location: string, cause: unknown): unknown {
  if (isWeighbridgeError(cause) || !(cause instanceof Error)) return cause;
  const status = (cause as { response?: { status?: number } }).response?.status;
  if (status === 401 || status === 403) return forbidden(location);
  return unreachable(location, status === undefined ? 'cannot be reached' : `answers ${status}`, cause);
}
