import { MAX_AGE_LIMIT_SECONDS } from '@weighbridge/verify/checkpoint';
import { isAddress } from '@weighbridge/verify/signatures';
import { isModelName, isName, isVersion } from '@weighbridge/core/names';
import { CHANNEL_NAMES } from '@weighbridge/ports/channel';
import { REASONS } from '@weighbridge/ports/chain';
import { z } from 'zod';

const name = (what: string) =>
  z
    .string()
    .max(64)
    .refine(isName, { error: `is no ${what}` });

export const NamespaceParams = z.strictObject({ namespace: name('namespace') });
export const ModelParams = z.strictObject({ namespace: name('namespace'), name: name('name of a model') });
export const ReleaseParams = z.strictObject({
  namespace: name('namespace'),
  name: name('name of a model'),
  version: z.string().max(64).refine(isVersion, { error: 'is no version' }),
});
export const FileParams = z.strictObject({ ...ReleaseParams.shape, path: z.string().min(1).max(4096) });
export const JobParams = z.strictObject({ job: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,255}$/) });
export const UploadParams = z.strictObject({ upload: z.string().regex(/^[0-9a-f]{32}$/) });
export const UploadFileParams = z.strictObject({ ...UploadParams.shape, path: z.string().min(1).max(4096) });

const Address = z.string().refine(isAddress, { error: 'is no address in EIP-55 spelling' }).meta({ id: 'Address' });
export const Digest = z
  .string()
  .regex(/^[0-9a-f]{128}$/)
  .meta({ id: 'Digest', description: 'SHA3-512, lower-case hex' });
const ChannelName = z.enum(CHANNEL_NAMES).meta({ id: 'ChannelName' });

export const ProblemSchema = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    outcome: z.string().meta({ description: 'the outcome that the command line would end with' }),
    hint: z.string().optional(),
  })
  .meta({ id: 'Problem' });

export const NamespaceSchema = z
  .object({
    namespace: z.string(),
    publisher: Address,
    guardian: Address,
    approvers: z.array(z.object({ key: Address, role: z.string(), active: z.boolean() })),
    threshold: z.int(),
    epoch: z.int(),
  })
  .meta({ id: 'Namespace' });

export const ClaimBody = z
  .strictObject({
    namespace: name('namespace'),
    publisher: z.string().max(64).default('publisher').meta({ description: "name of a key of the service's home" }),
    guardian: z.string().max(64).optional(),
    approvers: z
      .array(z.strictObject({ key: z.string().max(64), role: name('role') }))
      .min(1)
      .max(32),
    threshold: z.int().min(1).max(32).optional(),
  })
  .meta({ id: 'NamespaceClaim' });

export const SourceSchema = z
  .union([
    z.strictObject({ root: z.string().min(1).max(64), path: z.string().max(4096) }),
    z.strictObject({ upload: z.string().regex(/^[0-9a-f]{32}$/) }),
  ])
  .meta({ id: 'Source', description: 'a folder below a root that the operator allowed, or an upload' });

export const RegisterBody = z
  .strictObject({
    model: z.string().max(129).refine(isModelName, { error: 'is no model name' }),
    version: z.string().max(64).refine(isVersion, { error: 'is no version' }),
    versionCode: z.int().min(1).optional(),
    license: z.string().max(1024).optional().meta({ description: 'SPDX expression; absent is NOASSERTION' }),
    source: SourceSchema,
    channels: z.array(ChannelName).max(2).optional().meta({ description: 'where to publish; absent: everywhere' }),
  })
  .meta({ id: 'Registration' });

export const ReleaseSchema = z
  .object({
    release: z.string(),
    releaseDigest: Digest,
    contentDigest: Digest.nullable(),
    status: z.enum(['pending', 'approved', 'superseded', 'revoked']),
    reason: z.string().nullable(),
    versionCode: z.int(),
    approvals: z.array(z.object({ key: Address, role: z.string(), at: z.string().nullable() })),
    threshold: z.int(),
    channels: z.array(ChannelName),
  })
  .meta({ id: 'Release' });

export const ReleasesQuery = z.strictObject({
  model: z.string().refine(isModelName, { error: 'is no model name' }).optional(),
  after: z.string().max(194).optional().meta({ description: 'the last release of the page before' }),
  limit: z
    .string()
    .regex(/^[1-9][0-9]{0,2}$/)
    .default('100'),
});
export const ReleasesSchema = z
  .object({ releases: z.array(ReleaseSchema), next: z.string().nullable() })
  .meta({ id: 'Releases' });

const JobData = z.record(z.string(), z.unknown());
export const JobSchema = z
  .object({
    id: z.string(),
    kind: z.string(),
    state: z.enum(['waiting', 'running', 'done', 'dead', 'cancelled']),
    attempts: z.int(),
    progress: z.object({ step: z.string(), doneBytes: z.int(), totalBytes: z.int() }).nullable(),
    result: JobData.nullable(),
    failure: z
      .object({ outcome: z.string(), message: z.string(), hint: z.string().optional(), details: JobData })
      .nullable(),
    data: JobData,
    addedAt: z.string(),
    endedAt: z.string().nullable(),
  })
  .meta({ id: 'Job' });
export const JobsQuery = z.strictObject({
  state: z.enum(['waiting', 'running', 'done', 'dead', 'cancelled']).default('running'),
  limit: z
    .string()
    .regex(/^[1-9][0-9]{0,2}$/)
    .default('100'),
});
export const JobsSchema = z.object({ jobs: z.array(JobSchema) }).meta({ id: 'Jobs' });

export const ApprovalBody = z
  .strictObject({
    format: z.literal('approval-v1'),
    chainId: z.int(),
    contract: Address,
    model: z.string().max(129),
    version: z.string().max(64),
    versionCode: z.int().min(1),
    releaseDigest: Digest,
    approver: Address,
    epoch: z.int().min(0),
    deadline: z.string().max(20),
    signature: z.string().max(132),
  })
  .meta({ id: 'Approval', description: 'approval-v1: what `weighbridge approve --sign-only` writes' });
export const ApprovalRequestQuery = z.strictObject({
  approver: z.string().refine(isAddress, { error: 'is no address in EIP-55 spelling' }),
  deadline: z
    .string()
    .regex(/^[0-9]{1,8}$/)
    .default('604800')
    .meta({ description: 'seconds from now' }),
});
export const TypedDataSchema = z
  .object({
    types: z.record(z.string(), z.array(z.object({ name: z.string(), type: z.string() }))),
    primaryType: z.string(),
    domain: JobData,
    message: JobData,
  })
  .meta({ id: 'TypedData', description: 'EIP-712 typed data, as eth_signTypedData_v4 takes it' });

export const RevokeBody = z
  .strictObject({
    reason: z.string().trim().min(1).max(1024),
    code: z.enum(REASONS).exclude(['none']).default('other'),
  })
  .meta({ id: 'Revocation' });

export const BundleQuery = z.strictObject({
  maxAge: z
    .string()
    .regex(/^[1-9][0-9]{0,7}$/)
    .refine((text) => Number(text) <= MAX_AGE_LIMIT_SECONDS, { error: 'is more than a year' })
    .default('2592000')
    .meta({ description: 'seconds that devices may use it' }),
});

export const ChannelsSchema = z
  .object({
    channels: z.array(
      z.object({
        name: ChannelName,
        state: z.enum(['ok', 'unusable']),
        location: z.string(),
        sizeBytes: z.int().nullable(),
        releases: z.int().nullable(),
        lastError: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'Channels' });

export const ChainSchema = z
  .object({
    chainId: z.int(),
    contract: Address,
    codeHash: z.string(),
    development: z.boolean(),
    url: z.string().nullable(),
    gateway: z.string().nullable(),
  })
  .meta({ id: 'Chain' });

export const UploadSchema = z
  .object({ id: z.string(), files: z.array(z.object({ path: z.string(), size: z.int() })) })
  .meta({ id: 'Upload' });

export const HealthSchema = z.object({ status: z.string() }).meta({ id: 'Health' });
export const ReadySchema = z
  .object({
    ready: z.boolean(),
    parts: z.array(z.object({ name: z.string(), state: z.string(), problem: z.string().nullable() })),
  })
  .meta({ id: 'Readiness' });
