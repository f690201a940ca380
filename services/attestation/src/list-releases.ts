import type { ModelName, ReleaseName } from '@weighbridge/core/brands';
import { releaseRef } from '@weighbridge/core/names';
import { parseManifest } from '@weighbridge/manifest/parse-manifest';
import type { AttestationDoors } from './attestation-doors.js';
import { indexedAnswer, type ReleaseAnswer, releaseAnswer } from './release-answer.js';

export interface ListQuery {
  readonly model: ModelName | undefined;
  /** The last release of the page before. */
  readonly after: string | undefined;
  readonly limit: number;
}

/** A page of releases, by model and version code: from the index where there is one, else asked of the chain. */
export async function listReleases(
  doors: AttestationDoors,
  query: ListQuery,
  signal: AbortSignal,
): Promise<ReleaseAnswer[]> {
  const { model, after, limit } = query;
  if (doors.index !== undefined) {
    const where = { ...(model && { model }), ...(after && { after: after as ReleaseName }) };
    return (await doors.index.list({ ...where, limit })).map(indexedAnswer);
  }
  const known = (await manifestsHere(doors)).filter((one) => model === undefined || one.ref.model === model);
  const start = after === undefined ? 0 : known.findIndex(({ ref }) => ref.name === after) + 1;
  const page: ReleaseAnswer[] = [];
  for (const { ref, digest } of known.slice(start)) {
    if (page.length === limit) break;
    // A manifest without its record on chain was digested, and not registered.
    if ((await doors.chain.release(ref))?.digest === digest) page.push(await releaseAnswer(doors, ref, signal));
  }
  return page;
}

async function manifestsHere({ releases }: AttestationDoors) {
  const found = [];
  for (const digest of await releases.listManifests()) {
    const bytes = await releases.getManifest(digest);
    if (bytes === undefined) continue;
    const { model, version, versionCode } = parseManifest(bytes);
    found.push({ digest, versionCode, ref: releaseRef(model, version) });
  }
  return found.sort((a, b) => compare(a.ref.model, b.ref.model) || a.versionCode - b.versionCode);
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
