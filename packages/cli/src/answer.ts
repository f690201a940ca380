import { EXIT_CODES, type Outcome } from '@weighbridge/core/outcome';
import { isWeighbridgeError } from '@weighbridge/core/errors';
import { showPath } from '@weighbridge/core/paths';

const MORE_FINDINGS = 10;

/** What a command says at its end. */
export interface Answer {
  readonly outcome: Outcome;
  /** One sentence for people; also the JSON `message`. */
  readonly message: string;
  readonly hint?: string | undefined;
  /** Members of the JSON object beyond the common ones. */
  readonly members?: Readonly<Record<string, unknown>>;
  /** What text mode prints on stdout in place of the message. */
  readonly lines?: readonly string[];
  /** Bytes that stdout gets as they are, in text mode (a manifest). */
  readonly raw?: Uint8Array;
  /** Said after the outcome: what was passed over, a development chain … */
  readonly notes?: readonly string[];
}

export type Success = Omit<Answer, 'outcome' | 'hint'>;

export function success(answer: Success): Answer {
  return { outcome: 'OK', ...answer };
}

/** The answer to anything that was thrown. A fault of ours is INTERNAL, without its stack. */
export function refusalOf(error: unknown): Answer {
  if (isWeighbridgeError(error)) {
    return { outcome: error.code, message: error.message, hint: error.hint, members: error.details };
  }
  const text = error instanceof Error ? error.message : String(error);
  return {
    outcome: 'INTERNAL',
    message: `a fault of weighbridge itself: ${text.split('\n')[0]}`,
    hint: 'please report it; weighbridge did not finish what it was asked for',
  };
}

/** Writes the answer: the result to stdout, everything else to stderr. Returns the exit code. */
export function render(answer: Answer, json: boolean): number {
  if (json) process.stdout.write(`${JSON.stringify(jsonObject(answer))}\n`);
  else if (answer.outcome === 'OK') renderSuccess(answer);
  else renderRefusal(answer);
  return EXIT_CODES[answer.outcome];
}

function jsonObject(answer: Answer): Record<string, unknown> {
  const { outcome, message, hint, members, notes } = answer;
  return {
    outcome,
    ...members,
    message,
    ...(hint === undefined || outcome === 'OK' ? {} : { hint }),
    ...(notes === undefined ? {} : { notes }),
  };
}

function renderSuccess({ message, lines, raw, notes = [] }: Answer): void {
  if (raw !== undefined) process.stdout.write(raw);
  else process.stdout.write(`${[...(lines ?? [message]), ...notes.map((note) => `note: ${note}`)].join('\n')}\n`);
}

/** The first finding is the message; the next few are named, all stand in the JSON object. */
function otherFindings(findings: unknown): string[] {
  const others = Array.isArray(findings) ? (findings as { file: string; problem: string }[]).slice(1) : [];
  const more = others.length - MORE_FINDINGS;
  return [
    ...others.slice(0, MORE_FINDINGS).map(({ file, problem }) => `also: ${file} (${problem})`),
    ...(more > 0 ? [`also: ${more} more`] : []),
  ];
}

function renderRefusal({ outcome, message, hint, members = {}, notes = [] }: Answer): void {
  const lines = [`${outcome}: ${message}`];
  for (const name of ['release', 'file', 'chunk', 'expected', 'found'] as const) {
    if (members[name] !== undefined) lines.push(`${name}: ${showPath(String(members[name]))}`);
  }
  lines.push(...otherFindings(members.findings));
  if (hint !== undefined) lines.push(`hint: ${hint}`);
  for (const note of notes) lines.push(`note: ${note}`);
  process.stderr.write(`${lines.join('\n')}\n`);
}
