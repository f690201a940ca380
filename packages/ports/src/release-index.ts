import type { Digest, ModelName, ReleaseName } from '@weighbridge/core/brands';
import type { ChannelName } from './channel.js';

/** A row of the index. Everything in it is derived from chain, manifests and channels, and decides nothing. */
export interface IndexedRelease {
  readonly release: ReleaseName;
  readonly model: ModelName;
  readonly version: string;
  readonly versionCode: number;
  readonly releaseDigest: Digest;
  /** Null when the manifest is not here. */
  readonly contentDigest: Digest | null;
  readonly status: 'pending' | 'approved' | 'superseded' | 'revoked';
  readonly reason: string | null;
  readonly approvals: readonly { readonly key: string; readonly role: string; readonly at: string | null }[];
  readonly threshold: number;
  readonly files: number;
  readonly bytes: number;
  readonly channels: readonly ChannelName[];
}

export interface ReleaseQuery {
  readonly model?: ModelName;
  /** Returns rows after this name, in the order of the index. */
  readonly after?: ReleaseName;
  readonly limit: number;
}

/** Who did what, when: kept, never derived. */
export interface AuditEntry {
  /** Unix milliseconds. */
  readonly at: number;
  /** A token's or key's name, `cli`, or a part's own name. */
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly outcome: string;
}

/** The door to the index: a cache that can be thrown away and made anew, but for its audit log. Rows sort by model, then version code. */
export interface ReleaseIndex {
  readonly location: string;
  /** @param mark names the state of the chain that all rows are of now; undefined leaves the mark as it was */
  put(rows: readonly IndexedRelease[], mark?: string): Promise<void>;
  /** Replaces all releases, and the mark, in one transaction. */
  rebuild(rows: readonly IndexedRelease[], mark?: string): Promise<void>;
  /** Which state of the chain the rows are of; undefined when nobody said. */
  mark(): Promise<string | undefined>;
  get(release: ReleaseName): Promise<IndexedRelease | undefined>;
  list(query: ReleaseQuery): Promise<IndexedRelease[]>;
  count(): Promise<number>;
  /** Appends to the audit log. */
  audit(entry: AuditEntry): Promise<void>;
  /** The newest first. */
  auditLog(limit: number): Promise<AuditEntry[]>;
  close(): Promise<void>;
}
