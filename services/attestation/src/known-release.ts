import { type ReleaseRef, releaseRef } from '@weighbridge/core/names';
import type { ModelName, Version } from '@weighbridge/core/brands';
import type { Chain, NamespaceRecord, ReleaseRecord } from '@weighbridge/ports/chain';
import { HttpRefusal } from '@weighbridge/service-kit/problem';

export interface ReleaseName {
  readonly namespace: string;
  readonly name: string;
  readonly version: string;
}

export function refOf({ namespace, name, version }: ReleaseName): ReleaseRef {
  return releaseRef(`${namespace}/${name}` as ModelName, version as Version);
}

/** @throws 404 when the chain has no such release */
export async function knownRelease(chain: Chain, ref: ReleaseRef): Promise<ReleaseRecord> {
  const record = await chain.release(ref);
  if (record !== undefined) return record;
  throw new HttpRefusal(
    404,
    'UNVERIFIABLE',
    `the chain has no release ${ref.name}`,
    'check the spelling; GET /v1/releases shows what was registered here',
  );
}

/** @throws 404 when nobody claimed it */
export async function knownNamespace(chain: Chain, namespace: string): Promise<NamespaceRecord> {
  const record = await chain.namespace(namespace);
  if (record !== undefined) return record;
  throw new HttpRefusal(
    404,
    'UNVERIFIABLE',
    `nobody claimed the namespace ${namespace}`,
    'claim it: POST /v1/namespaces',
  );
}
