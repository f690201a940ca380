import { WeighbridgeError } from '@weighbridge/core/errors';

/** What a node says instead of a result. Code and text differ between clients: read them by meaning alone. */
export interface RpcRefusal {
  readonly code: number;
  readonly message: string;
  /** Unread; a revert's data among other things. */
  readonly data: unknown;
}

export type RpcAnswer = { readonly result: unknown } | { readonly refusal: RpcRefusal };

/** One node, asked over JSON-RPC. Nothing that it says is believed here. */
export interface JsonRpc {
  /** Where it answers, for messages: without credentials, path or query. */
  readonly location: string;
  /** @throws UNVERIFIABLE when the node cannot be reached, is too slow, or answers no JSON-RPC */
  ask(method: string, params: readonly unknown[]): Promise<RpcAnswer>;
  close(): void;
}

/** Asks and takes nothing but a result. @throws UNVERIFIABLE */
export async function callRpc(rpc: JsonRpc, method: string, params: readonly unknown[]): Promise<unknown> {
  const answer = await rpc.ask(method, params);
  if ('result' in answer) return answer.result;
  throw refusedCall(rpc, method, answer.refusal);
}

export function refusedCall(rpc: JsonRpc, method: string, refusal: RpcRefusal): WeighbridgeError {
  return new WeighbridgeError(
    'UNVERIFIABLE',
    `the node at ${rpc.location} refuses ${method}: ${shown(refusal.message)}`,
    {
      hint: 'try again, or use another node',
    },
  );
}

/** An UNVERIFIABLE error about a node whose answer makes no sense. */
export function senselessAnswer(rpc: JsonRpc, problem: string): WeighbridgeError {
  return new WeighbridgeError('UNVERIFIABLE', `the node at ${rpc.location} ${problem}`, {
    hint: 'use another node; this one gives answers that make no sense',
  });
}

/** A node's text, bounded and without control characters. */
export function shown(text: string): string {
  return text.slice(0, 300).replace(/[^\x20-\x7e]+/g, ' ');
}
