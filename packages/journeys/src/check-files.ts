import type { Digest } from '@weighbridge/core/brands';
import type { FullDigests, TreeDigests } from '@weighbridge/core/digest-engine';
import { LFS_POINTER_MAX_BYTES } from '@weighbridge/manifest/lfs-pointer';
import type { Manifest, ManifestFile } from '@weighbridge/manifest/manifest';
import type { ReleaseFolder } from '@weighbridge/ports/release-folder';
import { checkFullDigests, checkTreeDigests } from '@weighbridge/verify/file-digests';
import { type Finding, lfsPointerFinding, sizeFinding } from '@weighbridge/verify/finding';
import { type DigestDoors, digestFiles } from './digest-files.js';
import { isPointerFile } from './scan-release.js';

/** Leaves of a file from anywhere; they are checked against the root before they are believed. */
export type LeavesFinder = (tree: Digest, sizeBytes: number) => Promise<Uint8Array | undefined>;

export interface CheckDoors extends DigestDoors {
  readonly leaves: LeavesFinder;
}

/** Reads every listed file once and says which are not what the manifest says, in the manifest's order. */
export async function checkFiles(doors: CheckDoors, manifest: Manifest, allDigests: boolean): Promise<Finding[]> {
  const entries = manifest.files.map((file) => ({ ...file, sizeBytes: file.size }));
  const { engine } = doors;
  const checked = await digestFiles(
    doors,
    entries,
    'verifying',
    (opened, options): Promise<TreeDigests | FullDigests> => {
      return allDigests ? engine.digestAll(opened, options) : engine.digestTree(opened, options);
    },
  );
  const findings: Finding[] = [];
  for (const { file, digests } of checked) {
    const finding = await checkFile(doors, file, digests);
    if (finding !== undefined) findings.push(finding);
  }
  return findings;
}

/** A file of the wrong size may be a Git LFS pointer, which wants another next step than damage. */
export async function namePointers(folder: ReleaseFolder, findings: readonly Finding[]): Promise<Finding[]> {
  const named: Finding[] = [];
  for (const finding of findings) {
    const mayBePointer = finding.problem === 'size' && Number(finding.found) <= LFS_POINTER_MAX_BYTES;
    const isPointer = mayBePointer && (await isPointerFile(folder, finding.file));
    named.push(isPointer ? { ...finding, ...lfsPointerFinding({ path: finding.file }) } : finding);
  }
  return named;
}

async function checkFile(
  doors: CheckDoors,
  file: ManifestFile,
  found: TreeDigests | FullDigests,
): Promise<Finding | undefined> {
  if (found.sizeBytes !== file.size) return sizeFinding(file, found.sizeBytes);
  if (found.tree !== file.tree) return checkTreeDigests(file, found, await doors.leaves(file.tree, file.size));
  return 'whole' in found ? checkFullDigests(file, found) : undefined;
}
