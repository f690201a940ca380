import { type RefusalDetails, WeighbridgeError } from '@weighbridge/core/errors';
import type { Refusal } from '@weighbridge/core/outcome';

/** A refusal as a value: what a decision returns where other code would throw. */
export interface Refused {
  readonly code: Refusal;
  /** For people; names the file, number or age that is meant. */
  readonly message: string;
  /** The next step. */
  readonly hint: string;
  /** Safe to print and to log. */
  readonly details: RefusalDetails;
}

export function refuse(code: Refusal, message: string, hint: string, details: RefusalDetails = {}): Refused {
  return { code, message, hint, details };
}

/** The error that says the same, for callers that throw. */
export function refusalError(refused: Refused): WeighbridgeError {
  return new WeighbridgeError(refused.code, refused.message, { hint: refused.hint, details: refused.details });
}

/** The refusal that an error of ours stands for. */
export function refusedBy(error: WeighbridgeError): Refused {
  return refuse(error.code, error.message, error.hint ?? 'get the file again from where it was made', error.details);
}

/** Something that does not prove what it should. */
export function untrusted(problem: string, details: RefusalDetails = {}, cause?: unknown): WeighbridgeError {
  return new WeighbridgeError('UNTRUSTED', problem, {
    hint: 'get a new bundle from the publisher, and ask him whether your trust file is the current one',
    details,
    cause,
  });
}
