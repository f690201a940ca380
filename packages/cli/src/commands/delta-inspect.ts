import { unpackLabels } from '@weighbridge/delta/table-labels';
import { deltaMembers } from '@weighbridge/journeys/delta-facts';
import { readPackage } from '@weighbridge/journeys/read-package';
import { parseBundle } from '@weighbridge/verify/bundle';
import { success } from '../answer.js';
import type { Run } from '../command.js';
import { deltaLines } from '../delta-report.js';
import { openPackageFile } from '../update-package.js';

export const run: Run = async (_context, { args }) => {
  const location = args[0]!;
  const file = await openPackageFile(location);
  try {
    const { header, table } = readPackage(file, location);
    const labels = unpackLabels(table.labels, table.targetFiles.length, location);
    const release = table.target.kind === 'release' ? parseBundle(table.bundle).ref.name : undefined;
    const facts = {
      totalBytes: header.packageBytes,
      budgetBytes: null,
      base: table.base,
      target: table.target,
      files: table.targetFiles.map(({ path, size, payloads }, index) => ({
        path,
        sizeBytes: size,
        bytes: payloads.lengths.reduce((sum, length) => sum + length, 0),
        tensors: labels[index]!,
      })),
    };
    const members = { packageDigest: header.packageDigest, ...deltaMembers(facts) };
    const what = release ?? 'a plain folder';
    const message = `${location} writes ${what} ${table.base === undefined ? 'out of nothing' : `out of a base of ${table.baseFiles.length} files`}`;
    return success({
      message,
      members: { ...(release === undefined ? {} : { release }), ...members },
      lines: [message, `package digest ${header.packageDigest}`, ...deltaLines(facts)],
      notes: ['payloads are compared with their digests when they are applied, not here'],
    });
  } finally {
    await file.close();
  }
};
