/** Flags that every command knows, before or after its name. */
export interface GlobalFlags {
  readonly json: boolean;
  readonly quiet: boolean;
  readonly home?: string;
  readonly config?: string;
  readonly progress: string;
  readonly lockTimeout: string;
}
