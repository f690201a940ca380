import type { Outcome } from '@weighbridge/core/outcome';
import type { Json } from './canonical.js';

/** One folder of the corpus: files with a verdict that a person wrote down. */
export interface Vector {
  /** `<format>/<name>_ok` or `<format>/<name>_fail`. */
  readonly folder: string;
  readonly files: Readonly<Record<string, Uint8Array>>;
}

export interface VectorContent {
  /** What it shows, in one line. */
  readonly says: string;
  /** Bytes as they are, or a text. */
  readonly files: Readonly<Record<string, Uint8Array | string>>;
  /** Inputs that are no files: the host clock, the release that is asked for … */
  readonly given?: Readonly<Record<string, Json>>;
  /** What must come back besides the outcome. */
  readonly expected?: Readonly<Record<string, Json>>;
  /** How to make files that Git should not or cannot hold. */
  readonly recipe?: Json;
}

const encoder = new TextEncoder();

export function vector(format: string, name: string, outcome: Outcome, content: VectorContent): Vector {
  const { says, files, given, expected, recipe } = content;
  const described = {
    'README.md': `${outcome}: ${says}\n`,
    'expected.json': pretty({ outcome, ...expected }),
    ...(given === undefined ? {} : { 'given.json': pretty(given) }),
    ...(recipe === undefined ? {} : { 'recipe.json': pretty(recipe) }),
  };
  return {
    folder: `${format}/${name}_${outcome === 'OK' ? 'ok' : 'fail'}`,
    files: Object.fromEntries(
      Object.entries({ ...files, ...described }).map(([file, bytes]) => [
        file,
        typeof bytes === 'string' ? encoder.encode(bytes) : bytes,
      ]),
    ),
  };
}

function pretty(value: Json): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
