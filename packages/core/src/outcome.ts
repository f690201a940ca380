/**
 * The outcomes of every command and their exit codes: a stable interface for scripts and devices.
 * One outcome per thing that a caller would do differently.
 */
export const EXIT_CODES = {
  OK: 0,
  INTERNAL: 1,
  USAGE: 2,
  TAMPERED: 10,
  ROLLBACK: 11,
  STALE: 12,
  REVOKED: 13,
  UNTRUSTED: 14,
  WRONG_ARTIFACT: 15,
  NOT_APPROVED: 16,
  LICENSE_REFUSED: 17,
  MALFORMED: 20,
  UNSAFE_MODEL: 21,
  LIMIT: 22,
  UNVERIFIABLE: 30,
  IO: 40,
  BUSY: 41,
} as const;

export type Outcome = keyof typeof EXIT_CODES;

/** Every outcome that is not a success. */
export type Refusal = Exclude<Outcome, 'OK'>;
