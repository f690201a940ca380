/** The door to whoever watches a long step. */
export interface ProgressListener {
  /** @param totalBytes what the step has to go through */
  start(step: string, totalBytes: number): void;
  advance(bytes: number): void;
  stop(): void;
}
