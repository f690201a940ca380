import type { Outcome } from '@weighbridge/core/outcome';
import { goldenBytes } from '../../support/golden-stream.js';
import { type Json, sha3 } from './canonical.js';
import {
  broken,
  copy,
  type DeltaPackage,
  deltaPackage,
  type PackageSpec,
  raw,
  type SourceFile,
  sealed,
} from './delta-package.js';
import { type Vector, vector } from './vector.js';

/** A base is given by texts, or by how much of the golden stream it has. */
export type Given = Readonly<Record<string, string | number>>;

export const BASE: Given = {
  'config.json': '{"layers":2}\n',
  'model.bin': 'These were the weights of the old model.\n',
};
export const TARGET: Given = {
  'config.json': '{"layers":2}\n',
  'model.bin': 'These were the weights of the new model.\n',
  'notes/README.md': 'new\n',
};
/** Pieces by number: 0 config.json; 1, 2, 3 model.bin; 4 the notes. */
export const plain: PackageSpec = {
  base: filesOf(BASE),
  target: [
    { ...file('config.json', TARGET['config.json']!), pieces: [copy(13, 0, 0)] },
    { ...file('model.bin', TARGET['model.bin']!), pieces: [copy(30, 1, 0), raw(3), copy(8, 1, 33)] },
    file('notes/README.md', TARGET['notes/README.md']!),
  ],
};
export const whole = deltaPackage(plain);

export function ok(
  name: string,
  says: string,
  spec: PackageSpec,
  base: Given | undefined,
  more: Readonly<Record<string, Json>> = {},
): Vector {
  const files = Object.fromEntries(spec.target.map(({ path, bytes }) => [path, sha3(bytes)]));
  return deltaVector(name, 'OK', says, sealed(deltaPackage(spec)), base, { files, ...more });
}

export function fail(
  name: string,
  outcome: Outcome,
  says: string,
  made: DeltaPackage,
  base: Given | undefined,
  expected: Readonly<Record<string, Json>> = {},
): Vector {
  return deltaVector(name, outcome, says, sealed(made), base, expected);
}

export function failing(
  name: string,
  outcome: Outcome,
  says: string,
  bytes: Uint8Array,
  base: Given | undefined,
): Vector {
  return deltaVector(name, outcome, says, bytes, base, {});
}

/** The plain package with one field of its table broken. */
export function bad(
  name: string,
  outcome: Outcome,
  says: string,
  fieldName: string,
  change: (bytes: Buffer) => Buffer,
): Vector {
  return fail(name, outcome, says, broken(whole, fieldName, change), BASE);
}

function deltaVector(
  name: string,
  outcome: Outcome,
  says: string,
  bytes: Uint8Array,
  base: Given | undefined,
  expected: Readonly<Record<string, Json>>,
): Vector {
  return vector('delta-v1', name, outcome, {
    says,
    files: { 'package.wbdelta': bytes },
    ...(base === undefined ? {} : { given: { base } }),
    expected,
  });
}

export function filesOf(given: Given): SourceFile[] {
  return Object.entries(given).map(([path, content]) => file(path, content));
}

export function file(path: string, content: string | number): SourceFile {
  return { path, bytes: typeof content === 'number' ? goldenBytes(content) : Buffer.from(content) };
}

export function flipped(bytes: Buffer): Buffer {
  const changed = Buffer.from(bytes);
  changed[0]! ^= 1;
  return changed;
}
