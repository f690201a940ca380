import { WeighbridgeError } from '@weighbridge/core/errors';
import type { Refusal } from '@weighbridge/core/outcome';
import type { Interface } from 'ethers/abi';
import { type JsonRpc, type RpcRefusal, shown } from './json-rpc.js';
import { digestFromWords } from './registry-abi.js';
import { isData } from './rpc-values.js';

/** An error of the contract, decoded. */
export interface ContractRefusal {
  readonly name: string;
  readonly args: readonly unknown[];
}

type Meaning = readonly [code: Refusal, message: (...args: readonly unknown[]) => string, hint: string];

const RIGHT_KEY = 'use the key that holds this role in the namespace: weighbridge namespace show NAMESPACE';
const MEMBERS = 'give other members: weighbridge help namespace';
const AGAIN = 'run the command again';

/** What each error of the contract means to whoever asked for the change. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  ReferenceMalformed: ['USAGE', () => 'the registry takes no such reference', 'write it as namespace/name@version'],
  NamespaceMalformed: [
    'USAGE',
    () => 'the registry takes no such namespace',
    'use lower-case letters, digits, ".", "_" and "-"',
  ],
  NamespaceTaken: ['UNTRUSTED', () => 'the namespace belongs to somebody else', 'claim another name'],
  NamespaceUnknown: [
    'UNVERIFIABLE',
    () => 'nobody claimed this namespace',
    'claim it: weighbridge namespace claim NAMESPACE',
  ],
  CommitmentUnknown: ['UNVERIFIABLE', () => "the chain lost the claim's commitment", AGAIN],
  CommitmentTooEarly: ['UNVERIFIABLE', () => 'the chain made no block since the claim was announced', AGAIN],
  CommitmentExpired: ['UNVERIFIABLE', () => 'the claim was announced too long ago', AGAIN],
  NotPublisher: ['UNTRUSTED', (key) => `${key} is not the publisher of this namespace`, RIGHT_KEY],
  NotGuardian: ['UNTRUSTED', (key) => `${key} is not the guardian of this namespace`, RIGHT_KEY],
  NotApprover: ['UNTRUSTED', (key) => `${key} is no approver of this namespace`, RIGHT_KEY],
  PublisherZero: ['USAGE', () => 'the zero address cannot be publisher', MEMBERS],
  GuardianZero: ['USAGE', () => 'the zero address cannot be guardian', MEMBERS],
  ApproverZero: ['USAGE', () => 'the zero address cannot be an approver', MEMBERS],
  ApproverIsPublisher: ['USAGE', (key) => `${key} is the publisher and cannot approve`, 'use another key as approver'],
  ApproverIsGuardian: ['USAGE', (key) => `${key} is the guardian and cannot approve`, 'use another key as approver'],
  ApproverDuplicate: ['USAGE', (key) => `${key} stands among the approvers twice`, MEMBERS],
  ApproverLimit: ['USAGE', () => 'a namespace has at most 32 approvers in its life', MEMBERS],
  RoleTooLong: ['USAGE', () => 'a role has at most 31 bytes', MEMBERS],
  ThresholdInvalid: [
    'USAGE',
    (threshold, approvers) => `a threshold of ${threshold} cannot be reached by ${approvers} approvers`,
    'use a threshold from 1 to the number of approvers',
  ],
  ReleaseUnknown: ['UNVERIFIABLE', () => 'no such release is registered', 'register it, or check its spelling'],
  ReleaseIsRevoked: ['REVOKED', () => 'the release is revoked for good', 'register a new version'],
  DigestZero: ['MALFORMED', () => 'half of the digest is zero', 'register other bytes'],
  VersionCodeMismatch: [
    'WRONG_ARTIFACT',
    (code) => `the release is registered with version code ${code}`,
    'approve what is registered: weighbridge show NAMESPACE/NAME@VERSION',
  ],
  VersionCodeNotRising: [
    'ROLLBACK',
    (latest) => `the version code is not above ${latest}, the model's latest`,
    'use a higher version code',
  ],
  VersionCodeJump: [
    'USAGE',
    (latest) => `the version code is more than 2^32 above ${latest}, the model's latest`,
    'use a lower version code; a jump cannot be taken back',
  ],
  VersionCodeTooHigh: ['USAGE', (code) => `the version code ${code} is not below 2^53`, 'use a lower version code'],
  ReasonInvalid: ['USAGE', () => 'the registry knows no such reason', 'weighbridge help revoke'],
  MinAllowedNotRising: ['ROLLBACK', (code) => `version code ${code} is required already`, 'require a newer release'],
  MinAllowedTooHigh: [
    'NOT_APPROVED',
    (latest) => `the version code is above ${latest}, the latest that is approved`,
    'have the release approved first',
  ],
  ChainMismatch: [
    'UNTRUSTED',
    (chain) => `the chain calls itself ${chain} now, the registry was made on another`,
    'use the right chain',
  ],
  EpochMismatch: [
    'UNTRUSTED',
    (epoch) => `the namespace's members changed since the signature; its epoch is now ${epoch}`,
    'have it signed anew',
  ],
  DeadlinePassed: ['STALE', () => 'the deadline of the signature has passed', 'have it signed anew'],
  SignatureInvalid: ['UNTRUSTED', (key) => `the signature is not one of ${key} for this`, 'have it signed anew'],
  AlreadyApproved: ['USAGE', (key) => `${key} approved this release already`, 'nothing is to be done'],
  ApprovalsMissing: ['USAGE', () => 'there is no approval to hand in', 'give at least one'],
  ConfigNotSigned: [
    'UNTRUSTED',
    (counted, threshold) => `only ${counted} of the ${threshold} signatures that the change needs are good`,
    'collect signatures of more of the present approvers',
  ],
};

/** Decodes a revert of the contract; undefined when the node's refusal is something else. */
export function decodeRefusal(abi: Interface, refusal: RpcRefusal): ContractRefusal | undefined {
  for (const data of revertData(refusal)) {
    const parsed = abi.parseError(data);
    if (parsed !== null) return { name: parsed.name, args: [...parsed.args] };
  }
  return undefined;
}

/** @param subject what was asked for: `register acme/pilot@1.2.0` */
export function contractError(refusal: ContractRefusal, subject: string): WeighbridgeError {
  const meaning = MEANINGS[refusal.name];
  if (meaning === undefined) return unreadableRevert(subject, refusal.name);
  const [code, message, hint] = meaning;
  return new WeighbridgeError(code, `${subject}: ${message(...refusal.args)}`, { hint });
}

/** Other bytes under a name that has its digest. */
export function digestConflict(refusal: ContractRefusal, subject: string, found: string): WeighbridgeError {
  const expected = digestFromWords(refusal.args[0], refusal.args[1]);
  return new WeighbridgeError('TAMPERED', `${subject}: it is registered with another digest`, {
    hint: 'a version never changes; register the new bytes under a new version',
    details: { expected, found },
  });
}

export function nodeRefusal(rpc: JsonRpc, refusal: RpcRefusal, subject: string): WeighbridgeError {
  return unreadableRevert(subject, `the node at ${rpc.location} says ${shown(refusal.message)}`);
}

function unreadableRevert(subject: string, text: string): WeighbridgeError {
  return new WeighbridgeError('UNVERIFIABLE', `${subject}: ${text}`, {
    hint: 'check that the node works and that the contract is the registry: weighbridge doctor',
  });
}

/** Clients put a revert's data at `data`, at `data.data`, or behind words in a text. */
function revertData({ data, message }: RpcRefusal): string[] {
  const nested = typeof data === 'object' && data !== null ? (data as { data?: unknown }).data : undefined;
  const texts = [data, nested, message].filter((text): text is string => typeof text === 'string');
  return texts.flatMap((text) => /0x[0-9a-fA-F]{8,}/.exec(text)?.[0] ?? []).filter((text) => isData(text));
}
