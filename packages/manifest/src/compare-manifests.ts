import { canonicalJson } from '@weighbridge/core/canonical-json';
import type { JsonObject, JsonValue } from '@weighbridge/core/json';
import { compareUtf8 } from '@weighbridge/core/members';
import type { Manifest, ManifestFile } from './manifest.js';

export interface FileDifference {
  readonly path: string;
  readonly kind: 'added' | 'removed' | 'changed';
}

/** Files whose bytes differ, sorted by the UTF-8 bytes of the path. */
export function compareFiles(registered: Manifest, offered: Manifest): FileDifference[] {
  const before = new Map(registered.files.map((file) => [file.path as string, file]));
  const after = new Map(offered.files.map((file) => [file.path as string, file]));
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort(compareUtf8);
  return paths.flatMap((path): FileDifference[] => {
    const [a, b] = [before.get(path), after.get(path)];
    if (a === undefined) return [{ path, kind: 'added' }];
    if (b === undefined) return [{ path, kind: 'removed' }];
    return isSameBytes(a, b) ? [] : [{ path, kind: 'changed' }];
  });
}

function isSameBytes(a: ManifestFile, b: ManifestFile): boolean {
  return a.size === b.size && a['sha3-512'] === b['sha3-512'] && a.tree === b.tree;
}

/**
 * The first member that differs between two manifests of the same bytes, in canonical order and spelled
 * as `license.declared` or `files[3].cid`; undefined if none does.
 */
export function firstDifferingMember(registered: Manifest, offered: Manifest): string | undefined {
  return difference(registered as unknown as JsonValue, offered as unknown as JsonValue, '');
}

function difference(a: JsonValue | undefined, b: JsonValue | undefined, place: string): string | undefined {
  if (a === undefined || b === undefined) return a === b ? undefined : place;
  if (isList(a) && isList(b)) return listDifference(a, b, place);
  if (isObject(a) && isObject(b)) return objectDifference(a, b, place);
  return canonicalJson(a) === canonicalJson(b) ? undefined : place;
}

function listDifference(a: readonly JsonValue[], b: readonly JsonValue[], place: string): string | undefined {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const inner = difference(a[index], b[index], `${place}[${index}]`);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

function objectDifference(a: JsonObject, b: JsonObject, place: string): string | undefined {
  for (const name of [...new Set([...Object.keys(a), ...Object.keys(b)])].sort()) {
    const inner = difference(a[name], b[name], place === '' ? name : `${place}.${name}`);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function isObject(value: JsonValue): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
