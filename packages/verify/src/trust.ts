import type { Address, ModelName } from '@weighbridge/core/brands';
import { canonicalBytes, parseCanonical } from '@weighbridge/core/canonical-json';
import type { JsonObject, JsonValue } from '@weighbridge/core/json';
import { Members } from '@weighbridge/core/members';
import { isModelName, isName, namespaceOf } from '@weighbridge/core/names';
import { formatTime } from '@weighbridge/core/times';
import { MAX_AGE_LIMIT_SECONDS } from './checkpoint.js';
import { type Registry, structHash, typedDataDigest } from './eip712.js';
import {
  formatBase64,
  readAddress,
  readSignature,
  readSortedBy,
  readSortedSet,
  readTime,
  wrongKind,
} from './encodings.js';
import { keccak256 } from './keccak256.js';
import { isAddress } from './signatures.js';

export const TRUST_MAX_BYTES = 64 * 1024;
/** trust-v1 §2.9: what a new trust file says, 30 days. */
export const DEFAULT_MAX_AGE_SECONDS = 2_592_000;

const WHAT = 'the trust file';

export type Anchor = 'witness' | 'rpc';

export interface TrustSignature {
  readonly key: Address;
  /** 65 bytes r ‖ s ‖ v. */
  readonly signature: Uint8Array;
}

/** trust-v1: what a device believes without proof. It comes from the image builder or the owner, never with a release. */
export interface Trust extends Registry {
  readonly version: number;
  /** Unix seconds. */
  readonly issuedAt: number;
  /** keccak256 of the registry's code, 64 lower-case hex digits. */
  readonly codeHash: string;
  /** `ns/name` or `ns/*`, sorted. */
  readonly models: readonly string[];
  /** In order of preference. */
  readonly anchors: readonly Anchor[];
  /** Sorted. */
  readonly witnesses: readonly Address[];
  readonly threshold: number;
  readonly rpcQuorum: number;
  readonly maxAgeSeconds: number;
  readonly requireClock: boolean;
  /** Sorted. */
  readonly rootKeys: readonly Address[];
  readonly rootThreshold: number;
  /** Sorted by key. */
  readonly signatures: readonly TrustSignature[];
}

/**
 * trust-v1 §1–§3: parses a trust file strictly.
 * @throws MALFORMED, LIMIT
 */
export function parseTrust(bytes: Uint8Array): Trust {
  const value = parseCanonical(bytes, WHAT, { maxBytes: TRUST_MAX_BYTES });
  if (value.format !== 'trust-v1') throw wrongKind(WHAT, value, 'trust-v1');
  const members = Members.of(value, WHAT);
  members.word('format', 'trust-v1');
  const trust: Trust = {
    version: members.integer('version', 1),
    issuedAt: readTime(members, 'issuedAt'),
    chainId: members.integer('chainId', 1),
    contract: readAddress(members, 'contract'),
    codeHash: members.hash32('codeHash'),
    models: readSortedSet(members, 'models', 'ns/name or ns/*', isModelPattern),
    anchors: readAnchors(members),
    witnesses: readSortedSet(members, 'witnesses', 'addresses in EIP-55 spelling', isAddress),
    threshold: members.integer('threshold'),
    rpcQuorum: members.integer('rpcQuorum'),
    maxAgeSeconds: members.integer('maxAgeSeconds', 1, MAX_AGE_LIMIT_SECONDS),
    requireClock: members.boolean('requireClock'),
    rootKeys: readSortedSet(members, 'rootKeys', 'addresses in EIP-55 spelling', isAddress),
    rootThreshold: members.integer('rootThreshold'),
    signatures: readSortedBy(members, 'signatures', 'key', readTrustSignature),
  };
  members.done();
  requireSense(trust, members);
  return trust;
}

/** The bytes of a trust file. They are parsed again, so that none is written that no device would accept. @throws MALFORMED, LIMIT */
export function canonicalTrust(trust: Trust): Uint8Array {
  const signatures = trust.signatures.map(({ key, signature }) => ({
    key: key as string,
    signature: formatBase64(signature),
  }));
  const bytes = canonicalBytes({ ...unsigned(trust), signatures });
  parseTrust(bytes);
  return bytes;
}

/** trust-v1 §5: the digest that root keys sign, 32 bytes. */
export function trustDigest(trust: Trust): Uint8Array {
  return typedDataDigest(
    { name: 'Weighbridge Trust', chainId: trust.chainId, verifyingContract: trust.contract },
    structHash('Trust(bytes32 digest)', keccak256(canonicalBytes(unsigned(trust)))),
  );
}

/** trust-v1 §2.5: whether a device with this trust file takes releases of this model at all. */
export function trustCovers(trust: Trust, model: ModelName): boolean {
  return trust.models.includes(model) || trust.models.includes(`${namespaceOf(model)}/*`);
}

/** Chains on which anybody can be anybody; a verdict about them says so. */
export function isDevelopmentChain(chainId: number): boolean {
  return chainId === 31337 || chainId === 1337;
}

/** What every verdict says on such a chain. */
export function developmentNotes(chainId: number): string[] {
  return isDevelopmentChain(chainId)
    ? ['a development chain: anybody can be anybody on it, so this proves nothing outside of tests']
    : [];
}

function unsigned(trust: Trust): JsonObject {
  const { signatures: _, issuedAt, ...rest } = trust;
  return { format: 'trust-v1', issuedAt: formatTime(issuedAt), ...(rest as unknown as JsonObject) };
}

function isModelPattern(text: string): text is string {
  return isModelName(text) || (text.endsWith('/*') && isName(text.slice(0, -2)));
}

function readAnchors(members: Members): Anchor[] {
  const wanted = 'a list of "witness" and "rpc", each at most once and at least one';
  const anchors = members.list('anchors', (item) =>
    item === 'witness' || item === 'rpc' ? item : members.refuse('anchors', wanted),
  );
  return anchors.length > 0 && new Set(anchors).size === anchors.length ? anchors : members.refuse('anchors', wanted);
}

function readTrustSignature(item: JsonValue, place: string): TrustSignature {
  const members = Members.of(item, WHAT, place);
  const signature = { key: readAddress(members, 'key'), signature: readSignature(members, 'signature') };
  members.done();
  return signature;
}

/** trust-v1 §3: members that must agree with each other. */
function requireSense(trust: Trust, members: Members): void {
  if (trust.models.length === 0) members.refuse('models', 'a list of at least one model');
  requireThreshold(members, 'threshold', trust.threshold, trust.witnesses.length);
  if (trust.anchors.includes('witness') && trust.threshold === 0)
    members.refuse('threshold', 'at least 1 with the anchor "witness"');
  if (trust.anchors.includes('rpc') && trust.rpcQuorum === 0)
    members.refuse('rpcQuorum', 'at least 1 with the anchor "rpc"');
  requireThreshold(members, 'rootThreshold', trust.rootThreshold, trust.rootKeys.length);
}

/** At least one of some, or none of none. */
function requireThreshold(members: Members, name: string, threshold: number, keys: number): void {
  if (threshold > keys || (threshold === 0 && keys > 0))
    members.refuse(name, `from ${Math.min(1, keys)} to the ${keys} keys that are listed`);
}
