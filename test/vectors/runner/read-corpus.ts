import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Outcome } from '@weighbridge/core/outcome';

export const CORPUS = fileURLToPath(new URL('..', import.meta.url));
export const EXAMPLE_RELEASE = join(CORPUS, 'example-release');

/** A vector as it lies on disk; nothing here knows how it was made. */
export interface ReadVector {
  readonly format: string;
  readonly name: string;
  readonly folder: string;
  readonly says: string;
  readonly outcome: Outcome;
  readonly expected: Readonly<Record<string, unknown>>;
  readonly given: Given;
  readonly recipe: Recipe | undefined;
  /** Bytes of a file of it; undefined when it has none of this name. */
  file(name: string): Uint8Array | undefined;
}

export interface Given {
  readonly now?: string;
  readonly release?: string;
  readonly how?: 'import' | 'update';
  readonly reset?: readonly string[];
  readonly allDigests?: boolean;
  readonly gitCheckout?: boolean;
  readonly [name: string]: unknown;
}

export type Recipe = FileRecipe | FolderRecipe;

/** A file made of texts, each repeated. */
export interface FileRecipe {
  readonly file: string;
  readonly parts: readonly { readonly text: string; readonly times: number }[];
}

/** A folder of files, and what then happens to it, step by step. */
export interface FolderRecipe {
  readonly folder: readonly { readonly path: string; readonly text?: string; readonly golden?: number }[];
  readonly steps: readonly Step[];
}

export interface Step {
  readonly do: string;
  readonly path?: string;
  readonly [name: string]: unknown;
}

export function readCorpus(...formats: readonly string[]): ReadVector[] {
  return formats.flatMap((format) =>
    readdirSync(join(CORPUS, format))
      .sort()
      .filter((name) => isVector(join(CORPUS, format, name)))
      .map((name) => readVector(format, name)),
  );
}

/** Folders of vectors, one for each format. */
export function readFormats(): string[] {
  const named = (entry: { name: string; isDirectory(): boolean }) =>
    entry.isDirectory() && !['corpus', 'runner', 'example-release'].includes(entry.name);
  return readdirSync(CORPUS, { withFileTypes: true })
    .filter(named)
    .map((entry) => entry.name)
    .sort();
}

export function text(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString();
}

/** Known answers of outside tools have a file `vector.json` of their own, and tests of their own. */
function isVector(folder: string): boolean {
  return statSync(join(folder, 'expected.json'), { throwIfNoEntry: false }) !== undefined;
}

function readVector(format: string, name: string): ReadVector {
  const folder = join(CORPUS, format, name);
  const read = (file: string) =>
    statSync(join(folder, file), { throwIfNoEntry: false }) === undefined
      ? undefined
      : new Uint8Array(readFileSync(join(folder, file)));
  const json = <T>(file: string, otherwise: T): T =>
    read(file) === undefined ? otherwise : (JSON.parse(text(read(file))) as T);
  const { outcome, ...expected } = json<{ outcome: Outcome }>('expected.json', { outcome: 'INTERNAL' });
  const recipe = json<Recipe | undefined>('recipe.json', undefined);
  return {
    format,
    name,
    folder,
    says: text(read('README.md')).trim(),
    outcome,
    expected,
    given: json<Given>('given.json', {}),
    recipe,
    file: (file) => (recipe !== undefined && 'file' in recipe && recipe.file === file ? makeFile(recipe) : read(file)),
  };
}

function makeFile({ parts }: FileRecipe): Uint8Array {
  return new Uint8Array(Buffer.from(parts.map(({ text, times }) => text.repeat(times)).join('')));
}
