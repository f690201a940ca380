import type { Outcome } from '@weighbridge/core/outcome';
import { canonical, type Json } from './canonical.js';
import { RELEASE } from './release.js';
import type { JsonObject, Scene } from './scene.js';
import { NOW, time } from './times.js';
import { type Vector, type VectorContent, vector } from './vector.js';

export interface BundleCase extends Omit<VectorContent, 'says' | 'files'> {
  /** Bytes of the bundle in place of the scene's. */
  readonly bundle?: JsonObject | string | Uint8Array;
  readonly trust?: JsonObject | string;
  readonly files?: VectorContent['files'];
  /** Unix seconds of the host clock. */
  readonly now?: number;
}

/** A bundle, a trust file and a host clock. */
export function bundleVector(
  name: string,
  outcome: Outcome,
  says: string,
  { bundle, trust }: Scene,
  other: BundleCase = {},
): Vector {
  const { now = NOW, given, expected, files, recipe } = other;
  const made = recipe === undefined ? { 'bundle.json': spelled(other.bundle ?? bundle) } : {};
  return vector('bundle-v1', name, outcome, {
    says,
    files: { ...made, 'trust.json': spelled(other.trust ?? trust), ...files },
    given: { now: time(now), ...given },
    ...(expected === undefined ? {} : { expected }),
    ...(recipe === undefined ? {} : { recipe }),
  });
}

/** What comes back with an OK. */
export function accepted(scene: Scene, members: Readonly<Record<string, Json>> = {}): Record<string, Json> {
  return { release: RELEASE, releaseDigest: scene.releaseDigest, status: 'approved', clock: 'host', ...members };
}

function spelled(value: JsonObject | string | Uint8Array): string | Uint8Array {
  return typeof value === 'string' || value instanceof Uint8Array ? value : canonical(value);
}
