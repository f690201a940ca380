import type { ModelName } from '@weighbridge/core/brands';
import { METADATA_FOLDER } from '@weighbridge/core/paths';
import type { Manifest } from '@weighbridge/manifest/manifest';
import { type DeviceState, modelFloor } from './device-state.js';
import { decideFileSet, type ScannedEntry } from './file-set.js';
import { extraFinding, type Finding, kindFinding } from './finding.js';

const BELOW = `${METADATA_FOLDER}/`;
const LEAVES = 'leaves/';

/** What lies in a slot beside `.weighbridge/`. */
export function releaseEntries<E extends ScannedEntry>(entries: readonly E[]): E[] {
  return entries.filter(({ path }) => !path.startsWith(BELOW));
}

/**
 * slots-v1 §4.1: what lies in a slot against what may lie there; nobody but us writes to it, so that `.weighbridge/` is judged too.
 * @param entries everything below the top, `.weighbridge/` included
 */
export function decideSlotFiles(manifest: Manifest, entries: readonly ScannedEntry[]): Finding[] {
  const allowed = new Set(['manifest.json', 'bundle.json', ...manifest.files.map(({ tree }) => `${LEAVES}${tree}`)]);
  const ours = entries.filter(({ path }) => path.startsWith(BELOW));
  return [
    ...decideFileSet(manifest, releaseEntries(entries), { allowGitAttributes: false }),
    ...ours.filter(({ kind }) => kind !== 'file').map(({ path, kind }) => kindFinding(path, kind)),
    ...ours
      .filter(({ path, isUtf8, kind }) => kind === 'file' && !(isUtf8 && allowed.has(path.slice(BELOW.length))))
      .map(({ path }) => extraFinding(path)),
  ];
}

/**
 * slots-v1 §4.2: what a device remembers, as a slot is judged by it: the version code that counts is the slots' own.
 */
export function atVersionFloor(known: DeviceState, model: ModelName, versionCode: number): DeviceState {
  const { minAllowed } = modelFloor(known, model);
  return { ...known, models: new Map(known.models).set(model, { versionCode, minAllowed }) };
}
