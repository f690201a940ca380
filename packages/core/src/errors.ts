import type { Refusal } from './outcome.js';

/** Facts about a refusal that are safe to print and to log; each is a member of the `--json` answer. */
export interface RefusalDetails {
  readonly release?: string;
  readonly file?: string;
  readonly tensor?: string;
  readonly chunk?: number;
  readonly channel?: string;
  readonly expected?: string;
  readonly found?: string;
  readonly [name: string]: unknown;
}

export interface RefusalContext {
  /** The next step for the person who reads it; required for all but INTERNAL. */
  readonly hint?: string;
  readonly details?: RefusalDetails;
  readonly cause?: unknown;
}

/**
 * The one error of Weighbridge. `code` is stable and is what callers and tests look at;
 * `message` is for people and names the offending file.
 */
export class WeighbridgeError extends Error {
  override readonly name = 'WeighbridgeError';
  readonly code: Refusal;
  readonly hint: string | undefined;
  readonly details: RefusalDetails;

  constructor(code: Refusal, message: string, context: RefusalContext = {}) {
    super(message, context.cause === undefined ? undefined : { cause: context.cause });
    this.code = code;
    this.hint = context.hint;
    this.details = context.details ?? {};
  }
}

/** Recognizes our errors by their code, so that two copies of this module still understand each other. */
export function isWeighbridgeError(error: unknown): error is WeighbridgeError {
  return error instanceof Error && error.name === 'WeighbridgeError' && 'code' in error;
}

/** The system error code (`ENOENT`, `EACCES` …) of a Node.js error, if it is one; not the code of one of ours. */
export function systemErrorCode(error: unknown): string | undefined {
  if (isWeighbridgeError(error)) return undefined;
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  return typeof code === 'string' ? code : undefined;
}
