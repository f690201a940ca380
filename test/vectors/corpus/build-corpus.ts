import { approvalVectors } from './approval-vectors.js';
import { largeBundles, malformedBundles } from './bundle-form.js';
import { goodBundles } from './bundle-good.js';
import { refusedBundles } from './bundle-policy.js';
import { oddStateBundles } from './bundle-odd-states.js';
import { proofBundles } from './bundle-proof.js';
import { witnessBundles } from './bundle-witnesses.js';
import { canonicalJsonVectors } from './canonical-json-vectors.js';
import { deltaGeneralVectors } from './delta-general-vectors.js';
import { deltaNumericVectors } from './delta-numeric-vectors.js';
import { deltaPredictVectors } from './delta-predict-vectors.js';
import { deltaVectors } from './delta-vectors.js';
import { deviceStateVectors } from './device-state-vectors.js';
import { manifestVectors } from './manifest-vectors.js';
import { pathVectors } from './path-vectors.js';
import { EXAMPLE_FILES } from './release.js';
import { releaseFolderVectors } from './release-folder-vectors.js';
import { slotsVectors } from './slots-vectors.js';
import { tensorReaderVectors } from './tensor-reader-vectors.js';
import { treeVectors } from './tree-vectors.js';
import { trustChangeVectors } from './trust-change-vectors.js';
import { trustVectors } from './trust-vectors.js';
import type { Vector } from './vector.js';

/** Every generated vector. The same on every machine and every day: fixed keys, fixed times, no clock. */
export function buildVectors(): Vector[] {
  return [
    ...treeVectors(),
    ...pathVectors(),
    ...canonicalJsonVectors(),
    ...manifestVectors(),
    ...goodBundles(),
    ...malformedBundles(),
    ...largeBundles(),
    ...witnessBundles(),
    ...proofBundles(),
    ...oddStateBundles(),
    ...refusedBundles(),
    ...trustVectors(),
    ...trustChangeVectors(),
    ...deviceStateVectors(),
    ...slotsVectors(),
    ...approvalVectors(),
    ...releaseFolderVectors(),
    ...deltaVectors(),
    ...tensorReaderVectors(),
    ...deltaNumericVectors(),
    ...deltaGeneralVectors(),
    ...deltaPredictVectors(),
  ];
}

/** Every generated file by its path below `test/vectors/`. */
export function buildFiles(): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (const [path, text] of Object.entries(EXAMPLE_FILES)) files.set(`example-release/${path}`, Buffer.from(text));
  for (const { folder, files: content } of buildVectors()) {
    for (const [name, bytes] of Object.entries(content)) {
      const path = `${folder}/${name}`;
      if (files.has(path)) throw new RangeError(`two vectors are called ${folder}`);
      files.set(path, bytes);
    }
  }
  return files;
}

/** Vectors that a real chain made: nobody can make their bytes again, and nothing here writes or removes them. */
export function isCaptured(folder: string): boolean {
  return /(?:^|\/)captured_[a-z0-9_]+$/.test(folder);
}
