import { WeighbridgeError } from '@weighbridge/core/errors';
import { packLabels } from '@weighbridge/delta/table-labels';
import { HEADER_BYTES, writeHeader } from '@weighbridge/delta/package-header';
import type { PackageTable, Pinned, Resource } from '@weighbridge/delta/package-table';
import { bytesEncoder } from '@weighbridge/delta/plan/bytes-encoder';
import { planPackage } from '@weighbridge/delta/plan/plan-package';
import type { AdapterPair } from '@weighbridge/delta/predict/read-adapter';
import { writeTable } from '@weighbridge/delta/write-table';
import type { PackageDraft } from '@weighbridge/ports/package-draft';
import { type EncodedFile, type EncodedTensor, encodePackage } from './encode-package.js';
import type { ContentDoors, OpenedContent } from './open-content.js';
import { readPackage } from './read-package.js';
import { breathe } from './breathe.js';
import { readSide } from './read-side.js';
import { checkWhole } from './check-whole.js';

const NO_BYTES = new Uint8Array(0);

export interface DeltaSide {
  readonly content: OpenedContent;
  readonly pinned: Pinned;
}

export interface BuildOrder {
  /** Undefined for a full package. */
  readonly base: DeltaSide | undefined;
  readonly target: DeltaSide;
  /** What was merged into the target, as far as it is known. */
  readonly adapter?: readonly AdapterPair[];
  /** bundle-v1 of a target that is a registered release. */
  readonly bundle: Uint8Array | undefined;
}

/** What a package comes to. */
export interface PackageReport {
  readonly totalBytes: number;
  /** Header and table. */
  readonly overheadBytes: number;
  readonly resourceBytes: number;
  readonly files: readonly {
    readonly path: string;
    /** Bytes of its payloads. */
    readonly bytes: number;
    readonly sizeBytes: number;
    readonly tensors: readonly EncodedTensor[];
  }[];
}

/**
 * Plans and encodes a package without keeping it: what it would come to.
 * @throws what reading the sides throws
 */
export async function measurePackage(doors: ContentDoors, order: BuildOrder): Promise<PackageReport> {
  return (await encode(doors, order, breathe)).report;
}

/**
 * Builds a package: plan → encode → seal → decode all of it with the applier's own code. It appears by `draft.publish`.
 * @throws INTERNAL when the package does not give the target; BUSY when a source changed meanwhile
 */
export async function buildPackage(
  doors: ContentDoors,
  draft: PackageDraft,
  order: BuildOrder,
): Promise<PackageReport> {
  const { report, table } = await encode(doors, order, (bytes) => draft.append(bytes));
  const file = await draft.seal(headOf(table, report.totalBytes));
  try {
    await checkWhole(doors, readPackage(file, draft.location), order.base?.content.bytes);
  } finally {
    await file.close();
  }
  await requireUnchanged(order);
  return report;
}

function headOf(table: Uint8Array, totalBytes: number): Uint8Array {
  return Buffer.concat([writeHeader(table, totalBytes), table]);
}

async function encode(
  doors: ContentDoors,
  order: BuildOrder,
  append: (bytes: Uint8Array) => Promise<void>,
): Promise<{ report: PackageReport; table: Uint8Array }> {
  const target = readSide(order.target.content);
  const base = order.base === undefined ? undefined : readSide(order.base.content);
  doors.progress.start('planning', 0);
  const plan = await planPackage(target, base, { breathe, adapter: order.adapter ?? [] });
  const older = new Map(base?.files.map(({ path }, index) => [path, index]));
  const { files, resources } = await encodePackage(
    doors,
    {
      plan,
      target: target.bytes,
      base: base?.bytes ?? { sizes: [], read: () => {} },
      encodeBytes: (file) => bytesEncoder(plan.index, older.get(target.files[file]!.path)),
    },
    append,
  );
  const table = writeTable(tableOf(order, files, resources));
  return { table, report: reportOf(order, table, files, resources) };
}

function tableOf(
  { base, target, bundle }: BuildOrder,
  encoded: readonly EncodedFile[],
  resources: readonly Resource[],
): PackageTable {
  return {
    base: base?.pinned,
    target: target.pinned,
    bundle: bundle ?? NO_BYTES,
    baseFiles: base?.content.files ?? [],
    targetFiles: target.content.files.map((file, index) => {
      const { pieces, lengths, digests } = encoded[index]!;
      return { ...file, pieces, payloads: { lengths, digests } };
    }),
    resources,
    labels: packLabels(encoded.map(({ tensors }) => tensors)),
  };
}

function reportOf(
  { target }: BuildOrder,
  table: Uint8Array,
  encoded: readonly EncodedFile[],
  resources: readonly Resource[],
): PackageReport {
  const overheadBytes = HEADER_BYTES + table.length;
  const resourceBytes = resources.reduce((sum, { length }) => sum + length, 0);
  const payloadBytes = encoded.reduce((sum, { lengths }) => sum + lengths.reduce((a, b) => a + b, 0), 0);
  return {
    totalBytes: overheadBytes + resourceBytes + payloadBytes,
    overheadBytes,
    resourceBytes,
    files: target.content.files.map(({ path, size }, index) => ({
      path,
      sizeBytes: size,
      bytes: encoded[index]!.bytes,
      tensors: encoded[index]!.tensors,
    })),
  };
}

async function requireUnchanged({ base, target }: BuildOrder): Promise<void> {
  const isUnchanged = (await target.content.isUnchanged()) && ((await base?.content.isUnchanged()) ?? true);
  if (isUnchanged) return;
  throw new WeighbridgeError('BUSY', 'a file was changed while the package was built', {
    hint: 'wait until whoever writes it has finished, then try again',
  });
}
