import type { Outcome } from '@weighbridge/core/outcome';
import { keccakText } from '@weighbridge/verify/keccak256';
import { type TestKey, testKey } from '@weighbridge/verify/testing/keys';
import { canonical, type Json } from './canonical.js';
import { RELEASE } from './release.js';
import { scene } from './scene.js';
import { addressWord, bytes, CHAIN_ID, CONTRACT, type Domain, domain, flipped, sign, word } from './signing.js';
import { highS, shiftedV } from './spellings.js';
import { DAY, NOW, time } from './times.js';
import { type Vector, vector } from './vector.js';

export const ALICE = testKey('alice');
const BOB = testKey('bob');
const TYPE =
  'Approval(address approver,string model,string version,uint64 versionCode,bytes32 digestHigh,bytes32 digestLow,uint64 epoch,uint64 deadline)';

/** The registered release that approvals are handed in for. Alice is its only approver. */
export interface ApprovalTarget {
  readonly chainId: number;
  readonly contract: string;
  readonly model: string;
  readonly version: string;
  readonly versionCode: number;
  readonly releaseDigest: string;
  readonly epoch: number;
  /** Unix seconds. */
  readonly now: number;
}

export interface ApprovalCase {
  readonly name: string;
  readonly outcome: Outcome;
  readonly says: string;
  readonly file: string;
}

/** What an approver signs; `deadline` in Unix seconds. */
interface Facts extends Omit<ApprovalTarget, 'now'> {
  readonly approver: string;
  readonly deadline: number;
}

/** Approvals of the release of the other vectors. */
export function approvalVectors(): Vector[] {
  const [model, version] = RELEASE.split('@') as [string, string];
  const target = {
    chainId: CHAIN_ID,
    contract: CONTRACT,
    model,
    version,
    versionCode: 1,
    releaseDigest: scene().releaseDigest,
    epoch: 1,
    now: NOW,
  };
  const { now, ...registered } = target;
  const given = { now: time(now), ...registered, approvers: [ALICE.address] };
  return [
    ...approvalCases(target).map(({ name, outcome, says, file }) =>
      vector('approval-v1', name, outcome, { says, files: { 'approval.json': file }, given }),
    ),
    vector('approval-v1', 'over_4_kib', 'LIMIT', {
      says: 'more than 4 KiB.',
      files: {},
      given,
      recipe: { file: 'approval.json', parts: [{ text: '{', times: 5_000 }] },
    }),
  ];
}

/** The same approvals of any release: what a signature is for stands in it. */
export function approvalCases(target: ApprovalTarget): ApprovalCase[] {
  const { now: _, ...registered } = target;
  const facts = { ...registered, approver: ALICE.address, deadline: target.now + DAY };
  return [...malformed(facts), ...forged(facts), ...elsewhere(facts), ...others(facts, target.now)];
}

function others(facts: Facts, now: number): ApprovalCase[] {
  const wrong = (name: string, says: string, other: Partial<Facts>) =>
    one(name, 'WRONG_ARTIFACT', says, signed({ ...facts, ...other }));
  return [
    wrong('of_another_version', 'signed for another version.', { version: '9.9.9' }),
    wrong('of_another_model', 'signed for another model.', { model: 'acme/other' }),
    wrong('of_another_digest', 'signed for other bytes under the same version.', { releaseDigest: 'cd'.repeat(64) }),
    wrong('of_another_version_code', 'signed for another version code.', { versionCode: facts.versionCode + 1 }),
    one('past_its_deadline', 'STALE', 'its deadline passed a second ago.', signed({ ...facts, deadline: now - 1 })),
    one(
      'untrusted_before_wrong_artifact',
      'UNTRUSTED',
      'of another version, and signed by somebody else.',
      signed({ ...facts, version: '9.9.9' }, BOB),
    ),
    one(
      'untrusted_before_stale',
      'UNTRUSTED',
      'of a stranger, and past its deadline.',
      signed({ ...facts, approver: BOB.address, deadline: now - 1 }, BOB),
    ),
    one(
      'wrong_artifact_before_stale',
      'WRONG_ARTIFACT',
      'of another version, and past its deadline.',
      signed({ ...facts, version: '9.9.9', deadline: now - 1 }),
    ),
    one('good', 'OK', 'signed by the approver, for this release, in time.', signed(facts)),
  ];
}

/** Well spelled, and not signed by an approver over this. */
function forged(facts: Facts): ApprovalCase[] {
  const good = object(facts);
  const publisher = testKey('publisher');
  const untrusted = (name: string, says: string, file: string) => one(name, 'UNTRUSTED', says, file);
  return [
    untrusted(
      'signature_flipped',
      'one bit of the signature is flipped.',
      canonical({ ...good, signature: flipped(String(good.signature), 5) }),
    ),
    untrusted('signed_by_another_key', 'somebody else signed under the name of the approver.', signed(facts, BOB)),
    untrusted(
      'by_a_stranger',
      'well signed by somebody who is no approver.',
      signed({ ...facts, approver: BOB.address }, BOB),
    ),
    untrusted(
      'by_the_publisher',
      'well signed by the publisher, who is no approver.',
      signed({ ...facts, approver: publisher.address }, publisher),
    ),
    untrusted(
      'deadline_made_later',
      'the deadline is later than what was signed.',
      canonical({ ...good, deadline: time(facts.deadline + DAY) }),
    ),
    untrusted(
      'approver_exchanged',
      'the signature of one, the address of another.',
      canonical({ ...good, approver: BOB.address }),
    ),
  ];
}

/** Well signed by the approver, for something else. */
function elsewhere(facts: Facts): ApprovalCase[] {
  const otherContract = '0xe7f1725E7734CE288F8367e1Bb143E90bb3F0512';
  const untrusted = (name: string, says: string, file: string) => one(name, 'UNTRUSTED', says, file);
  return [
    untrusted('of_another_chain', 'signed for the same contract on chain 1.', signed({ ...facts, chainId: 1 })),
    untrusted(
      'of_another_contract',
      'signed for another registry on this chain.',
      signed({ ...facts, contract: otherContract }),
    ),
    untrusted(
      'of_another_chain_in_disguise',
      'signed for chain 1, the file says this one.',
      signed(facts, ALICE, { chainId: 1 }),
    ),
    untrusted(
      'of_another_contract_in_disguise',
      'signed for another registry, the file says this one.',
      signed(facts, ALICE, { contract: otherContract }),
    ),
    untrusted(
      'of_another_domain',
      'signed under the domain of checkpoints.',
      signed(facts, ALICE, { name: 'Weighbridge Checkpoint' }),
    ),
    untrusted(
      'of_another_domain_version',
      'signed under version 2 of the domain.',
      signed(facts, ALICE, { version: '2' }),
    ),
    untrusted(
      'of_another_struct',
      'the same words under another type name.',
      signed(facts, ALICE, {}, TYPE.replace('Approval', 'Revocation')),
    ),
    untrusted(
      'of_an_earlier_epoch',
      'signed before the members of the namespace changed.',
      signed({ ...facts, epoch: facts.epoch - 1 }),
    ),
    untrusted(
      'of_a_later_epoch',
      'signed for members that the namespace does not have yet.',
      signed({ ...facts, epoch: facts.epoch + 1 }),
    ),
  ];
}

function malformed(facts: Facts): ApprovalCase[] {
  const good = object(facts);
  const text = canonical(good);
  const signature = String(good.signature);
  const { epoch: _, ...without } = good;
  const bad = (name: string, says: string, file: string) => one(name, 'MALFORMED', says, file);
  const other = (name: string, says: string, members: Record<string, Json>) =>
    bad(name, says, canonical({ ...good, ...members }));
  return [
    bad('empty_file', 'no bytes.', ''),
    bad('trailing_newline', 'a line feed after the end.', `${text}\n`),
    bad(
      'members_unsorted',
      'the members stand in another order.',
      `{"version":${JSON.stringify(good.version)},${text.slice(1).replace(`,"version":${JSON.stringify(good.version)}`, '')}`,
    ),
    bad(
      'deadline_twice',
      'two deadlines.',
      text.replace('"deadline":', '"deadline":"2030-01-01T00:00:00Z","deadline":'),
    ),
    other('unknown_member', 'a member more.', { role: 'security' }),
    bad('member_missing', 'no epoch.', canonical(without)),
    other('unknown_format', 'a format that nobody knows yet.', { format: 'approval-v2' }),
    bad('bundle_as_approval', 'a trust file in its place.', canonical(scene().trust)),
    other('approver_in_lower_case', 'an address that is not in EIP-55 spelling.', {
      approver: ALICE.address.toLowerCase(),
    }),
    other('high_s', 'the signature in its second spelling.', { signature: highS(signature) }),
    other('v_0_or_1', 'v is 0 or 1.', { signature: shiftedV(signature, -27) }),
    other('signature_of_64_bytes', 'a compact signature.', {
      signature: Buffer.from(signature, 'base64').subarray(0, 64).toString('base64'),
    }),
    other('deadline_in_unix_seconds', 'a time as a number.', { deadline: facts.deadline }),
    other('deadline_with_a_fraction', 'a time with a fraction.', {
      deadline: time(facts.deadline).replace('Z', '.0Z'),
    }),
    other('digest_in_capitals', 'a digest in capitals.', {
      releaseDigest: facts.releaseDigest.toUpperCase().replace(/^[0-9]+$/, 'AB'.repeat(64)),
    }),
    other('digest_of_64_digits', 'half of a digest.', { releaseDigest: facts.releaseDigest.slice(64) }),
    other('version_code_as_text', 'a version code as a text.', { versionCode: String(facts.versionCode) }),
    other('model_without_namespace', 'a name without a namespace.', { model: 'pilot-llm' }),
  ];
}

function one(name: string, outcome: Outcome, says: string, file: string): ApprovalCase {
  return { name, outcome, says, file };
}

function signed(facts: Facts, key: TestKey = ALICE, members: Partial<Domain> = {}, type = TYPE): string {
  return canonical(object(facts, key, members, type));
}

function object(facts: Facts, key: TestKey = ALICE, members: Partial<Domain> = {}, type = TYPE): Record<string, Json> {
  const { chainId, contract, deadline, ...rest } = facts;
  const words = [
    addressWord(facts.approver),
    keccakText(facts.model),
    keccakText(facts.version),
    word(facts.versionCode),
    bytes(facts.releaseDigest.slice(0, 64)),
    bytes(facts.releaseDigest.slice(64)),
    word(facts.epoch),
    word(deadline),
  ];
  const signature = sign(key, domain('Weighbridge', { chainId, contract, ...members }), type, words);
  return { format: 'approval-v1', chainId, contract, ...rest, deadline: time(deadline), signature };
}
