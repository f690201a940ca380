import type { RequestListener } from 'node:http';
import type { Address } from '@weighbridge/core/brands';
import type { DigestEngine } from '@weighbridge/core/digest-engine';
import type { ReleaseRef } from '@weighbridge/core/names';
import type { Chain } from '@weighbridge/ports/chain';
import type { Channel } from '@weighbridge/ports/channel';
import type { Document } from '@weighbridge/ports/document';
import type { Queue } from '@weighbridge/ports/queue';
import type { ReleaseIndex } from '@weighbridge/ports/release-index';
import type { ReleaseStore } from '@weighbridge/ports/release-store';
import type { Signer } from '@weighbridge/ports/signer';
import type { DeltaShelf } from '@weighbridge/service-kit/delta-shelf';
import type { ReleaseSources } from '@weighbridge/service-kit/release-source';
import type { Uploads } from '@weighbridge/service-kit/uploads';
import type { WatchDoors } from '@weighbridge/service-kit/watched-handler';

export interface ClaimOrder {
  readonly namespace: string;
  /** Name of a key of the home folder. */
  readonly publisher: string;
  /** Name or address. */
  readonly guardian: string | undefined;
  readonly approvers: readonly { readonly key: string; readonly role: string }[];
  readonly threshold: number | undefined;
}

/** The keys that this service may sign with; approver keys are never among them. */
export interface AttestationKeys {
  /** @throws USAGE when the key of this address is not here */
  signerOf(address: Address): Promise<Signer>;
  /** Any key, to send what others signed. @throws USAGE when there is none */
  relayer(): Promise<Signer>;
}

export interface AttestationDoors extends WatchDoors {
  readonly chain: Chain;
  /** Of the node, where it may be told. */
  readonly chainUrl: string | undefined;
  readonly gatewayUrl: string | undefined;
  readonly releases: ReleaseStore;
  readonly channels: readonly Channel[];
  readonly queue: Queue;
  readonly engine: DigestEngine;
  readonly sources: ReleaseSources;
  readonly uploads: Uploads;
  /** Delta packages, and what is handed over to whoever builds them. */
  readonly deltas: DeltaShelf;
  /** What is listed; brought along with every change of a release. */
  readonly index: ReleaseIndex;
  /** Told when the index was left behind: nobody may believe it then. */
  indexLags(): void;
  readonly tokens: Document;
  readonly keys: AttestationKeys;
  nowSeconds(): number;
  /** Claims a namespace for a key of the home folder. */
  claim(order: ClaimOrder): Promise<{ readonly created: boolean }>;
  /** A bundle that a device takes. */
  seal(ref: ReleaseRef, maxAgeSeconds: number): Promise<Uint8Array>;
  /** Serves Git LFS below `/git`. */
  readonly git: RequestListener | undefined;
}

export interface AttestationSettings {
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly requestsPerMinute: number;
  /** Registrations that are under way at a time; each waits for its jobs most of the time. */
  readonly concurrency: number;
}
