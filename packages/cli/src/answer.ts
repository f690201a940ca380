import { isWeighbridgeError } from '@weighbridge/core/errors';
import { EXIT_CODES, type Outcome } from '@weighbridge/core/outcome';
import { jsonLine, showLine } from './show-line.js';

/** Findings that are named beside the first. */
const MORE_FINDINGS = 10;
/** Members of a refusal that text mode says too. */
const FACTS = ['release', 'channel', 'file', 'chunk', 'expected', 'found'] as const;

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
  if (json) process.stdout.write(`${jsonLine(jsonObject(answer))}\n`);
  else if (answer.outcome !== 'OK') process.stderr.write(text(refusalLines(answer)));
  else process.stdout.write(answer.raw ?? text(successLines(answer)));
  return EXIT_CODES[answer.outcome];
}

/** What `--json` prints, for a file. */
export function answerBytes(answer: Answer): Uint8Array {
  return Buffer.from(`${jsonLine(jsonObject(answer))}\n`);
}

function jsonObject({ outcome, message, hint, members, notes }: Answer): Record<string, unknown> {
  return {
    outcome,
    ...members,
    message,
    ...(hint === undefined || outcome === 'OK' ? {} : { hint }),
    ...(notes === undefined ? {} : { notes }),
  };
}

function text(lines: readonly string[]): string {
  return lines.map((line) => `${showLine(line)}\n`).join('');
}

function successLines({ message, lines, notes = [] }: Answer): string[] {
  return [...(lines ?? [message]), ...noteLines(notes)];
}

function refusalLines({ outcome, message, hint, members = {}, notes = [] }: Answer): string[] {
  const facts = FACTS.filter((name) => members[name] !== undefined);
  return [
    `${outcome}: ${message}`,
    ...facts.map((name) => `${name}: ${members[name]}`),
    ...otherFindings(members.findings),
    ...(hint === undefined ? [] : [`hint: ${hint}`]),
    ...noteLines(notes),
  ];
}

function noteLines(notes: readonly string[]): string[] {
  return notes.map((note) => `note: ${note}`);
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
