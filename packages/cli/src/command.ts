import type { Answer } from './answer.js';
import type { Context } from './context.js';

/** Values of a command's options by their long name in camel case; a repeatable one is a list. */
export type OptionValues = Readonly<Record<string, string | boolean | readonly string[] | undefined>>;

export interface Invocation {
  readonly args: readonly string[];
  readonly options: OptionValues;
}

/** An exit code in place of an answer: another program has said everything. */
export type Run = (context: Context, invocation: Invocation) => Promise<Answer | number>;

export interface OptionSpec {
  /** As commander takes it: `-o, --output <file>`, `--approver <key=role...>`. */
  readonly flags: string;
  readonly about: string;
  /** May be given several times; its value is a list. */
  readonly repeatable?: boolean;
  readonly required?: boolean;
}

export interface CommandSpec {
  /** Its words: `bundle export`. */
  readonly name: string;
  readonly summary: string;
  /** As commander takes them: `<ref>`, `[dir]`, `<path...>`. */
  readonly args?: readonly { readonly usage: string; readonly about: string }[];
  readonly options?: readonly OptionSpec[];
  /** Said below the options. */
  readonly details?: readonly string[];
  /**
   * Command lines that work as printed, in order, in a folder that holds the folder `pilot-llm` of a model; those of other
   * commands make what these need.
   */
  readonly examples: readonly string[];
  /** Runs until it is told to end: its examples do not come back. */
  readonly isService?: true;
  readonly load: () => Promise<{ readonly run: Run }>;
}

export function optionText(options: OptionValues, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}

export function optionList(options: OptionValues, name: string): readonly string[] {
  const value = options[name];
  return Array.isArray(value) ? (value as readonly string[]) : [];
}
