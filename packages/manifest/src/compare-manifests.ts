import { canonicalJson } from '@weighbridge/core/canonical-json';
import type { JsonObject, JsonValue } from '@weighbridge/core/json';
import type { Manifest } from './manifest.js';

export interface FileDifference {
  readonly path: string;
  readonly kind: 'added' | 'removed' | 'changed';
}

/** Files whose bytes differ, sorted as in the manifests. */
export function compareFiles(registered: Manifest, offered: Manifest): FileDifference[] {
  const before = new Map(registered.files.map((file) => [file.path as string, file]));
  const after = new Map(offered.files.map((file) => [file.path as string, file]));
  const paths = [...new Set([...before.keys(), ...after.keys()])];
  return paths.flatMap((path): FileDifference[] => {
    const [a, b] = [before.get(path), after.get(path)];
    if (a === undefined) return [{ path, kind: 'added' }];
    if (b === undefined) return [{ path, kind: 'removed' }];
    return a['sha3-512'] === b['sha3-512'] && a.size === b.size ? [] : [{ path, kind: 'changed' }];
  });
}

/** The first member that differs between two manifests of the same bytes, as `license.declared`; undefined if none does. */
export function firstDifferingMember(registered: Manifest, offered: Manifest): string | undefined {
  return difference(registered as unknown as JsonValue, offered as unknown as JsonValue, '');
}

function difference(a: JsonValue | undefined, b: JsonValue | undefined, place: string): string | undefined {
  if (a === undefined || b === undefined) return a === b ? undefined : place;
  if (isComposite(a) && isComposite(b)) {
    for (const name of [...new Set([...Object.keys(a), ...Object.keys(b)])].sort()) {
      const inner = difference(
        (a as Record<string, JsonValue>)[name],
        (b as Record<string, JsonValue>)[name],
        place === '' ? name : `${place}.${name}`,
      );
      if (inner !== undefined) return inner;
    }
    return undefined;
  }
  return canonicalJson(a) === canonicalJson(b) ? undefined : place;
}

function isComposite(value: JsonValue): value is JsonObject | readonly JsonValue[] {
  return value !== null && typeof value === 'object';
}
