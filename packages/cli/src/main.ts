import { isWeighbridgeError, WeighbridgeError } from '@weighbridge/core/errors';
import { type Answer, refusalOf, render } from './answer.js';
import { LATER_COMMANDS } from './command-list.js';
import { openContext } from './context.js';
import { parseLine } from './program.js';
import { createProgress } from './progress.js';
import { readSettings } from './settings.js';
import { untilSignal } from './signals.js';

/** Runs one command line; sets the exit code and leaves the process to end by itself. @public what bin/ loads */
export async function main(argv: readonly string[]): Promise<void> {
  process.stdout.on('error', endAtClosedPipe);
  const ended = await untilSignal((signal) => answerOf(argv, signal));
  if (typeof ended === 'number') process.exitCode = ended;
  else if (ended !== undefined) process.exitCode = render(ended, wantsJson(argv));
}

/** Whoever reads us may stop early (`| head`): that is no fault. */
function endAtClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
}

async function answerOf(argv: readonly string[], signal: AbortSignal): Promise<Answer | undefined> {
  try {
    requireNow(argv);
    const line = parseLine(argv);
    if (line === undefined) return undefined;
    const settings = await readSettings(line.flags, process.env);
    const context = openContext(line.flags, settings, createProgress(line.flags), signal);
    const { run } = await line.spec.load();
    return await context.during(() => run(context, { args: line.args, options: line.options }));
  } catch (error) {
    if (process.env.NODE_DEBUG?.includes('weighbridge') && !isWeighbridgeError(error)) console.error(error);
    return refusalOf(error);
  }
}

/** Commands of a later version are refused before any of their flags is looked at. */
function requireNow(argv: readonly string[]): void {
  const end = argv.indexOf('--');
  const words = positional(end === -1 ? argv : argv.slice(0, end));
  const later = LATER_COMMANDS.find(
    (name) => name === words[0] || name === words.slice(0, 2).join(' ') || isBareGroup(name, words),
  );
  if (later === undefined) return;
  throw new WeighbridgeError('USAGE', `weighbridge ${later} is not there yet in this version`, {
    hint: 'run `weighbridge --help` for the commands that there are',
  });
}

/** `delta` alone, or with a word that it will not have: its whole group is of a later version. */
function isBareGroup(name: string, words: readonly string[]): boolean {
  return name.split(' ').length === 2 && name.split(' ')[0] === words[0] && words[0] !== 'namespace';
}

const VALUE_FLAGS = new Set(['--home', '--config', '--progress', '--lock-timeout']);

function positional(argv: readonly string[]): string[] {
  return argv.filter((word, index) => !word.startsWith('-') && !VALUE_FLAGS.has(argv[index - 1] ?? ''));
}

/** Known before the line is parsed, since a line that cannot be parsed is answered in JSON too. */
function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return (end === -1 ? argv : argv.slice(0, end)).some(
    (word, index, words) => word === '--json' && !VALUE_FLAGS.has(words[index - 1] ?? ''),
  );
}
