import type { JsonRpc, RpcAnswer } from '../json-rpc.js';

/** Changes what a node answers to one method; may throw, answer itself, or leave the answer as it is. */
export type Lie = (answer: () => Promise<RpcAnswer>, params: readonly unknown[]) => Promise<RpcAnswer>;

/** A node that lies or fails where it is told to. */
export class LyingRpc implements JsonRpc {
  readonly location = 'http://liar';
  readonly asked: string[] = [];
  lies: Record<string, Lie> = {};

  constructor(private readonly honest: JsonRpc) {}

  ask(method: string, params: readonly unknown[]): Promise<RpcAnswer> {
    this.asked.push(method);
    const answer = () => this.honest.ask(method, params);
    return this.lies[method]?.(answer, params) ?? answer();
  }

  /** Replaces members of an answer that is an object. */
  replace(method: string, change: (result: Record<string, unknown>) => Record<string, unknown>): void {
    this.lies[method] = async (answer) => {
      const honest = await answer();
      return 'result' in honest && honest.result !== null
        ? { result: change(honest.result as Record<string, unknown>) }
        : honest;
    };
  }

  close(): void {
    this.honest.close();
  }
}
