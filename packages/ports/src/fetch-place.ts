import type { RelativePath } from '@weighbridge/core/brands';
import type { OpenedFile } from '@weighbridge/core/digest-engine';

/** A file that is put together chunk by chunk. */
export interface FetchedFile extends OpenedFile {
  /** True when nothing was there before: all its chunks are wanted. */
  readonly isNew: boolean;
  /** Fills `into` with what lies at `offset` now. @throws IO */
  readInto(offset: number, into: Uint8Array): void;
  /** Writes a chunk that was verified. @param index of the chunk of 1 MiB @throws IO */
  write(index: number, chunk: Uint8Array): Promise<void>;
  /** Waits until what was written stays after a power cut. @throws IO */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/**
 * The door to where a release is put together out of verified chunks. What a broken-off run wrote is found again: it is
 * not believed but digested like anything else. One process at a time.
 */
export interface FetchPlace {
  /** Where the release will be. */
  readonly location: string;
  /**
   * @param bytes what is still to be written
   * @throws IO when it does not fit
   */
  requireRoom(bytes: number): Promise<void>;
  /** Opens a file below the place, making it and its folders if need be, with exactly this size. Follows no symlink. @throws IO */
  open(path: RelativePath, sizeBytes: number): Promise<FetchedFile>;
  /** Puts a file below `.weighbridge/`. @throws IO */
  putMetadata(path: string, bytes: Uint8Array): Promise<void>;
  /** Makes the release appear at its location, whole and durable. @throws USAGE when something is there by now; IO */
  finish(): Promise<void>;
  /** Removes what cannot be of use: after a refusal that no other try will change. */
  discard(): Promise<void>;
  /** Lets go of the place; what was written stays for another try. */
  close(): Promise<void>;
}
