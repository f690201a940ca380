import type { Address, ModelName } from '@weighbridge/core/brands';
import type { ReleaseRef } from '@weighbridge/core/names';
import { recoverAddress } from '@weighbridge/verify/signatures';
import {
  type ApproverRecord,
  type ModelRecord,
  type NamespaceClaim,
  type NamespaceRecord,
  REASONS,
  type Reason,
  type ReleaseClaim,
  type ReleaseHistory,
  type ReleaseRecord,
  type SignedApproval,
} from '../chain.js';
import { refuse } from './fake-refusal.js';

const MAX_STEP = 2 ** 32;
const NO_MODEL: ModelRecord = { latest: 0, latestApproved: 0, minAllowed: 0 };

/** The registry's rules over maps. A change returns false when all is as wanted already. */
export class FakeRegistry {
  private readonly namespaces = new Map<string, NamespaceRecord>();
  private readonly releases = new Map<string, ReleaseRecord>();
  private readonly models = new Map<string, ModelRecord>();
  private readonly histories = new Map<string, ReleaseHistory>();

  release(ref: ReleaseRef): ReleaseRecord | undefined {
    return this.releases.get(ref.name);
  }

  model(model: ModelName): ModelRecord {
    return this.models.get(model) ?? NO_MODEL;
  }

  namespace(namespace: string): NamespaceRecord | undefined {
    return this.namespaces.get(namespace);
  }

  history(ref: ReleaseRef): ReleaseHistory {
    return this.histories.get(ref.name) ?? { approvals: [], revocation: undefined };
  }

  claim(claim: NamespaceClaim, publisher: Address): boolean {
    const record = recordOf(claim, publisher);
    const known = this.namespaces.get(claim.namespace);
    if (known !== undefined) {
      if (JSON.stringify(known) === JSON.stringify(record)) return false;
      refuse('UNTRUSTED', `${claim.namespace} is claimed`);
    }
    requireMembers(record);
    this.namespaces.set(claim.namespace, record);
    return true;
  }

  register({ ref, versionCode, digest }: ReleaseClaim, publisher: Address): boolean {
    const namespace = this.requireNamespace(ref);
    if (namespace.publisher !== publisher) refuse('UNTRUSTED', `${publisher} is not the publisher`);
    const known = this.release(ref);
    if (known !== undefined) {
      if (known.digest !== digest)
        refuse('TAMPERED', 'registered with another digest', { expected: known.digest, found: digest });
      if (known.versionCode !== versionCode || known.publisher !== publisher) refuse('USAGE', 'registered otherwise');
      if (known.status === 'revoked') refuse('REVOKED', `${ref.name} is revoked`);
      return false;
    }
    const model = this.model(ref.model);
    if (versionCode <= model.latest) refuse('ROLLBACK', `version code ${versionCode} does not rise`);
    if (versionCode > model.latest + MAX_STEP) refuse('USAGE', `version code ${versionCode} jumps`);
    this.models.set(ref.model, { ...model, latest: versionCode });
    const { threshold } = namespace;
    this.releases.set(ref.name, {
      publisher,
      versionCode,
      status: 'pending',
      reason: 'none',
      approvals: 0,
      threshold,
      digest,
    });
    return true;
  }

  approve(claim: ReleaseClaim, approver: Address, at: number): boolean {
    const record = this.requireApprovable(claim);
    const seat = this.requireSeat(claim, approver);
    if (hasApproved(record, seat)) return false;
    this.record(claim.ref, seat, at);
    return true;
  }

  /** @param digestOf what an approver signs */
  relay(
    claim: ReleaseClaim,
    epoch: number,
    approvals: readonly SignedApproval[],
    digestOf: (approval: SignedApproval) => Uint8Array,
    at: number,
  ): boolean {
    this.requireApprovable(claim);
    if (this.requireNamespace(claim.ref).epoch !== epoch) refuse('UNTRUSTED', 'the epoch has passed');
    let counted = 0;
    let first: unknown;
    for (const approval of approvals) {
      try {
        if (this.relayOne(claim, approval, digestOf(approval), at)) counted += 1;
      } catch (error) {
        if (approval === approvals[0]) first = error;
      }
    }
    if (counted > 0) return true;
    if (approvals.length === 0) refuse('USAGE', 'no approvals');
    if (first !== undefined) throw first;
    return false;
  }

  revoke(ref: ReleaseRef, reason: Reason, text: string, guardian: Address, at: number): boolean {
    this.requireGuardian(ref.namespace, guardian);
    const record = this.release(ref) ?? refuse('UNVERIFIABLE', `${ref.name} is not registered`);
    if (record.status === 'revoked') return false;
    if (REASONS.indexOf(reason) < 1) refuse('USAGE', 'no such reason');
    this.releases.set(ref.name, { ...record, status: 'revoked', reason });
    this.histories.set(ref.name, { ...this.history(ref), revocation: { text, at } });
    return true;
  }

  requireVersion(model: ModelName, versionCode: number, guardian: Address): boolean {
    this.requireGuardian(model.slice(0, model.indexOf('/')), guardian);
    const record = this.model(model);
    if (versionCode <= record.minAllowed) return false;
    if (versionCode > record.latestApproved) refuse('NOT_APPROVED', `version code ${versionCode} is not approved`);
    this.models.set(model, { ...record, minAllowed: versionCode });
    return true;
  }

  private relayOne(claim: ReleaseClaim, approval: SignedApproval, digest: Uint8Array, at: number): boolean {
    const seat = this.requireSeat(claim, approval.approver);
    if (hasApproved(this.release(claim.ref)!, seat)) return false;
    if (at > approval.deadline) refuse('STALE', 'the deadline has passed');
    if (recoverAddress(digest, approval.signature) !== approval.approver) refuse('UNTRUSTED', 'the signature is wrong');
    this.record(claim.ref, seat, at);
    return true;
  }

  private record(ref: ReleaseRef, seat: ApproverRecord, at: number): void {
    const before = this.release(ref)!;
    const approvals = (before.approvals | (1 << seat.index)) >>> 0;
    const { approvers } = this.namespaces.get(ref.namespace)!;
    const counted = approvers.filter((one) => one.active && (approvals >>> one.index) & 1).length;
    const status = counted >= before.threshold ? 'approved' : before.status;
    this.releases.set(ref.name, { ...before, approvals, status });
    const { approvals: events, revocation } = this.history(ref);
    this.histories.set(ref.name, { approvals: [...events, { key: seat.key, index: seat.index, at }], revocation });
    const model = this.model(ref.model);
    const latestApproved =
      status === 'approved' ? Math.max(model.latestApproved, before.versionCode) : model.latestApproved;
    this.models.set(ref.model, { ...model, latestApproved });
  }

  private requireApprovable({ ref, digest, versionCode }: ReleaseClaim): ReleaseRecord {
    const record = this.release(ref) ?? refuse('UNVERIFIABLE', `${ref.name} is not registered`);
    if (record.status === 'revoked') refuse('REVOKED', `${ref.name} is revoked`);
    if (record.digest !== digest)
      refuse('TAMPERED', 'registered with another digest', { expected: record.digest, found: digest });
    if (record.versionCode !== versionCode) refuse('WRONG_ARTIFACT', 'registered with another version code');
    return record;
  }

  private requireSeat({ ref }: ReleaseClaim, approver: Address): ApproverRecord {
    const { approvers } = this.requireNamespace(ref);
    return (
      approvers.find(({ key, active }) => active && key === approver) ??
      refuse('UNTRUSTED', `${approver} is no approver`)
    );
  }

  private requireNamespace({ namespace }: ReleaseRef): NamespaceRecord {
    return this.namespaces.get(namespace) ?? refuse('UNVERIFIABLE', `nobody claimed ${namespace}`);
  }

  private requireGuardian(namespace: string, guardian: Address): void {
    const record = this.namespaces.get(namespace) ?? refuse('UNVERIFIABLE', `nobody claimed ${namespace}`);
    if (record.guardian !== guardian) refuse('UNTRUSTED', `${guardian} is not the guardian`);
  }
}

function recordOf({ guardian, approvers, threshold }: NamespaceClaim, publisher: Address): NamespaceRecord {
  const seats = approvers.map(({ key, role }, index) => ({ index, key, role, active: true }));
  return { publisher, guardian, epoch: 1, threshold, approvers: seats };
}

function requireMembers({ publisher, guardian, threshold, approvers }: NamespaceRecord): void {
  const keys = approvers.map(({ key }) => key);
  const isFaulty =
    keys.includes(publisher) ||
    keys.includes(guardian) ||
    new Set(keys).size < keys.length ||
    threshold < 1 ||
    threshold > keys.length ||
    keys.length > 32 ||
    approvers.some(({ role }) => Buffer.byteLength(role) > 31);
  if (isFaulty) refuse('USAGE', 'such members cannot be');
}

function hasApproved({ approvals }: ReleaseRecord, { index }: ApproverRecord): boolean {
  return ((approvals >>> index) & 1) === 1;
}
