/** The door to the host's clock. On a device it may never have been set. */
export interface Clock {
  /** Unix seconds, whole. */
  nowSeconds(): number;
}
