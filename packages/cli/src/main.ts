import { isWeighbridgeError } from '@weighbridge/core/errors';
import { type Answer, refusalOf, render } from './answer.js';
import { wantsJson } from './command-words.js';
import { openContext } from './context.js';
import { refuseLaterCommand } from './later-commands.js';
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

async function answerOf(argv: readonly string[], signal: AbortSignal): Promise<Answer | number | undefined> {
  try {
    refuseLaterCommand(argv);
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
