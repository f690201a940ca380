import type { Digest, ModelName, Version } from '@weighbridge/core/brands';
import { canonicalBytes } from '@weighbridge/core/canonical-json';
import type { JsonObject } from '@weighbridge/core/json';
import { describe, expect, it } from 'vitest';
import { approvalDigest } from './approval.js';
import {
  APPROVAL_FILE_MAX_BYTES,
  type ApprovalFile,
  canonicalApprovalFile,
  isSignedByApprover,
  parseApprovalFile,
} from './approval-file.js';
import { testKey } from './testing/keys.js';
import { makeWorld, WORLD_BLOCK_TIME, WORLD_CONTRACT } from './testing/world.js';

const key = testKey('approver');
const unsigned = {
  chainId: 31_337,
  contract: WORLD_CONTRACT,
  model: 'acme/pilot-llm' as ModelName,
  version: '1.0.0' as Version,
  versionCode: 1,
  digest: '12'.repeat(64) as Digest,
  approver: key.address,
  epoch: 0,
  deadline: WORLD_BLOCK_TIME,
};
const file: ApprovalFile = { ...unsigned, signature: key.sign(approvalDigest(unsigned, unsigned)) };
const source = JSON.parse(Buffer.from(canonicalApprovalFile(file)).toString()) as JsonObject;
const bytesOf = (members: JsonObject) => canonicalBytes({ ...source, ...members });

describe('parseApprovalFile', () => {
  it('reads what was written', () => expect(parseApprovalFile(canonicalApprovalFile(file))).toEqual(file));

  it('writes the members of the format', () => {
    const { signature: _, ...rest } = source;
    const { digest, deadline: __, ...same } = unsigned;
    expect(rest).toEqual({ ...same, format: 'approval-v1', releaseDigest: digest, deadline: '2026-01-01T00:00:00Z' });
  });

  it.each<[string, Uint8Array]>([
    ['another format', bytesOf({ format: 'approval-v2' })],
    ['a bundle', makeWorld().bundleBytes.subarray(0, 4096)],
    ['a trust file', makeWorld().trustBytes],
    ['an unknown member', bytesOf({ role: 'legal' })],
    ['a model that is no name', bytesOf({ model: 'acme' })],
    ['a version that is none', bytesOf({ version: '..' })],
    ['version code 0', bytesOf({ versionCode: 0 })],
    ['a digest of 256 bits', bytesOf({ releaseDigest: '12'.repeat(32) })],
    ['an approver in lower case', bytesOf({ approver: key.address.toLowerCase() })],
    ['a deadline as seconds', bytesOf({ deadline: WORLD_BLOCK_TIME })],
    ['a signature in hex', bytesOf({ signature: `0x${'12'.repeat(65)}` })],
    ['a final newline', Uint8Array.of(...bytesOf({}), 10)],
  ])('refuses %s', (_, bytes) =>
    expect(() => parseApprovalFile(bytes)).toThrow(expect.objectContaining({ code: 'MALFORMED' })),
  );

  it('refuses more than 4 KiB before it parses', () => {
    expect(() => parseApprovalFile(new Uint8Array(APPROVAL_FILE_MAX_BYTES + 1))).toThrow(
      expect.objectContaining({ code: 'LIMIT' }),
    );
  });
});

describe('isSignedByApprover', () => {
  it('knows its signer', () => expect(isSignedByApprover(file)).toBe(true));

  it.each<[string, Partial<ApprovalFile>]>([
    ['chain', { chainId: 1 }],
    ['contract', { contract: testKey('other').address }],
    ['model', { model: 'acme/lane-net' as ModelName }],
    ['version', { version: '1.0.1' as Version }],
    ['version code', { versionCode: 2 }],
    ['digest', { digest: `${'12'.repeat(63)}13` as Digest }],
    ['approver', { approver: testKey('other').address }],
    ['epoch', { epoch: 1 }],
    ['deadline', { deadline: WORLD_BLOCK_TIME + 1 }],
  ])('refuses another %s', (_, change) => expect(isSignedByApprover({ ...file, ...change })).toBe(false));
});
