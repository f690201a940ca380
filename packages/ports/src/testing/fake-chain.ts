import type { Address } from '@weighbridge/core/brands';
import { toHex } from '@weighbridge/core/hex';
import { approvalDigest } from '@weighbridge/verify/approval';
import { keccakText } from '@weighbridge/verify/keccak256';
import { toAddress } from '@weighbridge/verify/signatures';
import type {
  Chain,
  ChainIdentity,
  ModelRecord,
  NamespaceRecord,
  Receipt,
  ReleaseClaim,
  ReleaseHistory,
  ReleaseRecord,
  SignedApproval,
  StateProof,
} from '../chain.js';
import { refuse } from './fake-refusal.js';
import { FakeRegistry } from './fake-registry.js';
import { fakeStateProof } from './fake-state-proof.js';
import { FixedClock } from './fixed-clock.js';

export interface FakeChainOptions {
  /** Default 31337. */
  readonly chainId?: number;
  readonly contract?: Address;
  /** Time of the first block, Unix seconds; default 1,800,000,000. Each write makes a block, a second later. */
  readonly startSeconds?: number;
}

/** A registry in memory whose proofs are real. Each write is a block that is final at once. */
export class FakeChain implements Chain {
  readonly identity: ChainIdentity;
  /** Time of the newest block. */
  readonly clock: FixedClock;
  /** While set, everything is UNVERIFIABLE. */
  unreachable = false;
  closed = false;
  /** Number of the newest block. */
  blockNumber = 1;
  private readonly registry = new FakeRegistry();

  constructor({ chainId = 31337, contract, startSeconds = 1_800_000_000 }: FakeChainOptions = {}) {
    this.identity = {
      chainId,
      contract: contract ?? toAddress(keccakText('fake registry').slice(12)),
      codeHash: toHex(keccakText('code of the fake registry')),
      development: [31337, 1337].includes(chainId),
    };
    this.clock = new FixedClock(startSeconds);
  }

  release: Chain['release'] = async (ref): Promise<ReleaseRecord | undefined> => this.reached().release(ref);

  model: Chain['model'] = async (model): Promise<ModelRecord> => this.reached().model(model);

  namespace: Chain['namespace'] = async (name): Promise<NamespaceRecord | undefined> => this.reached().namespace(name);

  history: Chain['history'] = async (ref): Promise<ReleaseHistory> => this.reached().history(ref);

  prove: Chain['prove'] = async (ref): Promise<StateProof> => {
    const registry = this.reached();
    const [release, model] = [registry.release(ref), registry.model(ref.model)];
    return fakeStateProof(this.identity, ref, release, model, this.blockNumber, this.clock.nowSeconds());
  };

  claim: Chain['claim'] = (claim, { address }) => this.write((registry) => registry.claim(claim, address));

  register: Chain['register'] = (claim, { address }) => this.write((registry) => registry.register(claim, address));

  approve: Chain['approve'] = (claim, { address }) =>
    this.write((registry, at) => registry.approve(claim, address, at));

  relayApprovals: Chain['relayApprovals'] = (claim, epoch, approvals) =>
    this.write((registry, at) => registry.relay(claim, epoch, approvals, this.digestOf(claim, epoch), at));

  revoke: Chain['revoke'] = (ref, reason, text, { address }) =>
    this.write((registry, at) => registry.revoke(ref, reason, text, address, at));

  requireVersion: Chain['requireVersion'] = (model, versionCode, { address }) =>
    this.write((registry) => registry.requireVersion(model, versionCode, address));

  async close(): Promise<void> {
    this.closed = true;
  }

  private async write(change: (registry: FakeRegistry, at: number) => boolean): Promise<Receipt> {
    const changed = change(this.reached(), this.clock.nowSeconds() + 1);
    if (!changed) return { transaction: undefined, blockNumber: this.blockNumber, final: true };
    this.clock.advance(1);
    this.blockNumber += 1;
    const transaction = `0x${toHex(keccakText(`transaction ${this.blockNumber}`))}`;
    return { transaction, blockNumber: this.blockNumber, final: true };
  }

  private digestOf(claim: ReleaseClaim, epoch: number): (approval: SignedApproval) => Uint8Array {
    const { ref, versionCode, digest } = claim;
    const { model, version } = ref;
    return ({ approver, deadline }) =>
      approvalDigest(this.identity, { approver, model, version, versionCode, digest, epoch, deadline });
  }

  private reached(): FakeRegistry {
    if (this.unreachable || this.closed) refuse('UNVERIFIABLE', 'the chain cannot be reached');
    return this.registry;
  }
}
