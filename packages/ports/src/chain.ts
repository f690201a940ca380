import type { Address, Digest, ModelName } from '@weighbridge/core/brands';
import type { ReleaseRef } from '@weighbridge/core/names';
import type { Signer } from './signer.js';

export type ReleaseStatus = 'pending' | 'approved' | 'revoked';

/** Index is the reason code on chain. */
export const REASONS = ['none', 'other', 'security', 'license', 'quality', 'key-compromise', 'legal'] as const;
export type Reason = (typeof REASONS)[number];

export interface ReleaseRecord {
  readonly publisher: Address;
  readonly versionCode: number;
  readonly status: ReleaseStatus;
  readonly reason: Reason;
  /** Bitmap by approver index. */
  readonly approvals: number;
  readonly threshold: number;
  readonly digest: Digest;
}

/** Version codes; 0 where there is none. */
export interface ModelRecord {
  readonly latest: number;
  readonly latestApproved: number;
  readonly minAllowed: number;
}

export interface ApproverRecord {
  readonly index: number;
  readonly key: Address;
  readonly role: string;
  readonly active: boolean;
}

export interface NamespaceRecord {
  readonly publisher: Address;
  readonly guardian: Address;
  readonly epoch: number;
  readonly threshold: number;
  /** All that ever were, by index. */
  readonly approvers: readonly ApproverRecord[];
}

export interface NamespaceClaim {
  readonly namespace: string;
  readonly guardian: Address;
  readonly approvers: readonly { readonly key: Address; readonly role: string }[];
  readonly threshold: number;
}

/** What the events say: when each approval came and why a release was revoked. Unix seconds. */
export interface ReleaseHistory {
  readonly approvals: readonly { readonly key: Address; readonly index: number; readonly at: number }[];
  readonly revocation: { readonly text: string; readonly at: number } | undefined;
}

/** A release as it is offered for registration or approval. */
export interface ReleaseClaim {
  readonly ref: ReleaseRef;
  readonly versionCode: number;
  readonly digest: Digest;
}

export interface SignedApproval {
  readonly approver: Address;
  /** Unix seconds. */
  readonly deadline: number;
  readonly signature: Uint8Array;
}

/** State of the registry at one block, provable against that block's hash. */
export interface StateProof {
  /** Raw header, RLP. */
  readonly header: Uint8Array;
  readonly number: number;
  /** 64 lower-case hex digits. */
  readonly blockHash: string;
  /** Unix seconds. */
  readonly timestamp: number;
  /** RLP trie nodes of the account and of the release's four slots, without duplicates. */
  readonly nodes: readonly Uint8Array[];
}

export interface ChainIdentity {
  readonly chainId: number;
  readonly contract: Address;
  /** keccak-256 of the runtime code, computed from our artifact: 64 lower-case hex digits. */
  readonly codeHash: string;
  /** A chain on which anybody can be anybody (31337, 1337). */
  readonly development: boolean;
}

export interface Receipt {
  /** Undefined when the chain was as wanted already and nothing was sent. */
  readonly transaction: string | undefined;
  /** Of the transaction's block, or of the block at which the chain was seen to be as wanted. */
  readonly blockNumber: number;
  /** Whether the chain's finality policy holds for the block. */
  readonly final: boolean;
}

/**
 * The door to a registry on a chain. Reads throw UNVERIFIABLE when the chain cannot be reached.
 * Writes are journalled before they are sent and return at the first canonical receipt;
 * a contract's refusal comes back as the outcome it means (ROLLBACK, UNTRUSTED, TAMPERED, STALE, REVOKED …).
 */
export interface Chain {
  readonly identity: ChainIdentity;
  release(ref: ReleaseRef): Promise<ReleaseRecord | undefined>;
  model(model: ModelName): Promise<ModelRecord>;
  /** Undefined when nobody claimed it. */
  namespace(namespace: string): Promise<NamespaceRecord | undefined>;
  history(ref: ReleaseRef): Promise<ReleaseHistory>;
  /** Proof at the newest block that the finality policy accepts. @throws UNVERIFIABLE */
  prove(ref: ReleaseRef): Promise<StateProof>;

  /** The sender becomes the publisher. Commits and reveals. */
  claim(claim: NamespaceClaim, publisher: Signer): Promise<Receipt>;
  register(claim: ReleaseClaim, publisher: Signer): Promise<Receipt>;
  approve(claim: ReleaseClaim, approver: Signer): Promise<Receipt>;
  /** Hands in approvals that others signed; anyone may. Bad ones are skipped; none good is a refusal. */
  relayApprovals(
    claim: ReleaseClaim,
    epoch: number,
    approvals: readonly SignedApproval[],
    relayer: Signer,
  ): Promise<Receipt>;
  revoke(ref: ReleaseRef, reason: Reason, text: string, guardian: Signer): Promise<Receipt>;
  /** Raises the model's minAllowed. */
  requireVersion(model: ModelName, versionCode: number, guardian: Signer): Promise<Receipt>;
  /** Ends what belongs to this connection; what was written is durable afterwards. */
  close(): Promise<void>;
}
