import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Ended, expectOutcome } from './command-line.js';
import { put } from './models.js';
import type { Sandbox } from './sandbox.js';

export type Files = Readonly<Record<string, string | Uint8Array>>;

export async function putFolder(folder: string, files: Files): Promise<string> {
  for (const [path, bytes] of Object.entries(files)) await put(join(folder, path), bytes);
  return folder;
}

/** Names, kinds and bytes of what a folder holds, `.weighbridge/` too, but for permissions and times. */
export function contentOf(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    names
      .filter((name) => !lstatSync(join(folder, name)).isDirectory())
      .map((name) => [
        name,
        createHash('sha256')
          .update(readFileSync(join(folder, name)))
          .digest('hex'),
      ]),
  );
}

export interface Delta {
  /** The folder that a device has; absent for a full package. */
  readonly from: string | undefined;
  readonly to: string;
  readonly file: string;
  readonly built: Ended;
}

/** Two folders and a package between them; `from` undefined: a full package. */
export async function buildDelta(box: Sandbox, from: Files | undefined, to: Files, name = 'a'): Promise<Delta> {
  const base = from === undefined ? undefined : await putFolder(box.at(`${name}-from`), from);
  const target = await putFolder(box.at(`${name}-to`), to);
  const file = box.at(`${name}.wbdelta`);
  const sides = [...(base === undefined ? [] : ['--from', base]), '--to', target];
  const built = await expectOutcome('OK', ['delta', 'build', ...sides, '-o', file], { home: box.at('home') });
  expect(built.answer.totalBytes).toBe(readFileSync(file).length);
  return { from: base, to: target, file, built };
}

/** The words that apply a package. */
export function applyLine({ file, from }: Pick<Delta, 'file' | 'from'>, to: string): string[] {
  return ['delta', 'apply', file, ...(from === undefined ? [] : ['--base', from]), '--to', to];
}

/** Applies it as users do, and requires the target's bytes. */
export async function expectApplies(box: Sandbox, delta: Delta, name = 'applied'): Promise<Ended> {
  const ended = await expectOutcome('OK', applyLine(delta, box.at(name)), { home: box.at('home') });
  expect(contentOf(box.at(name))).toEqual(contentOf(delta.to));
  return ended;
}
