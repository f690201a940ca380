import type { ReadableFile } from './release-folder.js';

/**
 * The door to a delta package that is being written: its payloads come first, one after another, its head is known at the
 * end. Nothing appears under the final name before `publish`.
 */
export interface PackageDraft {
  /** Where the package will be. */
  readonly location: string;
  /** @throws IO */
  append(payload: Uint8Array): Promise<void>;
  /**
   * Puts the head before the payloads and opens the result for reading; nothing is appended afterwards.
   * @throws IO
   */
  seal(head: Uint8Array): Promise<ReadableFile>;
  /** Makes the package appear, whole and durable, in place of whatever had its name. @throws IO */
  publish(): Promise<void>;
  /** Removes what was written and is not published. */
  close(): Promise<void>;
}
