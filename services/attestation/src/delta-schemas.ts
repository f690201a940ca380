import { tryReleaseRef } from '@weighbridge/core/names';
import { z } from 'zod';
import { Digest } from './schemas.js';

const ReleaseText = z
  .string()
  .max(194)
  .refine((text) => tryReleaseRef(text) !== undefined, { error: 'is no release NS/NAME@VERSION' });

export const DeltaParams = z.strictObject({ delta: Digest });
export const PlanParams = z.strictObject({ plan: Digest });

export const DeltaBody = z
  .strictObject({
    from: ReleaseText.nullable().meta({ description: 'the release that devices have; null: a full package' }),
    to: ReleaseText,
    budget: z.int().min(1).nullable().optional().meta({ description: 'bytes that the package may have' }),
  })
  .meta({ id: 'DeltaOrder' });

export const DeltasQuery = z.strictObject({
  release: ReleaseText.optional().meta({ description: 'only packages that write this release' }),
  after: Digest.optional().meta({ description: 'the last package of the page before' }),
  limit: z
    .string()
    .regex(/^[1-9][0-9]{0,2}$/)
    .default('100'),
});

const summary = {
  packageDigest: Digest,
  from: z.string().nullable(),
  release: z.string(),
  sealedAt: z.string().meta({ description: 'when the newest witness signed the bundle in it' }),
  totalBytes: z.int(),
  base: Digest.nullable(),
  target: Digest,
};
export const DeltasSchema = z
  .object({ deltas: z.array(z.object(summary)), next: Digest.nullable() })
  .meta({ id: 'Deltas' });

const facts = {
  totalBytes: z.int(),
  budgetBytes: z.int().nullable(),
  fits: z.boolean(),
  base: Digest.nullable(),
  baseKind: z.enum(['release', 'content']).nullable(),
  target: Digest,
  targetKind: z.enum(['release', 'content']),
  files: z.array(
    z.object({
      path: z.string(),
      sizeBytes: z.int(),
      bytes: z.int(),
      tensors: z.array(
        z.object({
          name: z.string(),
          op: z.string(),
          bytes: z.int(),
          sizeBytes: z.int().optional(),
          changed: z.number().optional().meta({ description: 'share of its bytes in chunks that differ, 0 to 1' }),
        }),
      ),
    }),
  ),
};
export const DeltaSchema = z
  .object({
    ...summary,
    ...facts,
    status: z
      .enum(['pending', 'approved', 'superseded', 'revoked'])
      .nullable()
      .meta({ description: 'of the release that it writes, now; null when the chain has it not' }),
    channels: z
      .array(z.object({ channel: z.string(), root: z.string(), cid: z.string() }))
      .meta({ description: 'where it was published and read back; the CID is of the package itself' }),
  })
  .meta({ id: 'Delta' });
export const DeltaPlanSchema = z
  .object({ from: z.string().nullable(), release: z.string(), ...facts, advice: z.array(z.unknown()) })
  .meta({ id: 'DeltaPlan' });
