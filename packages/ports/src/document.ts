/** The door to one small file that is replaced as a whole: a trust file, a device state. */
export interface Document {
  /** Where it lies, for messages. */
  readonly location: string;
  /** Undefined when it is absent. @throws LIMIT over `maxBytes`; USAGE when it is no regular file; IO */
  read(maxBytes: number): Promise<Uint8Array | undefined>;
  /**
   * Replaces it durably: temporary file in the same folder, fsync, rename, fsync of the folder.
   * @returns false when its place is read-only (EROFS, EACCES, EPERM): nothing was written
   * @throws IO
   */
  write(bytes: Uint8Array): Promise<boolean>;
}
