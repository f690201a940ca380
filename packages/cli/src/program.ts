import type { WeighbridgeError } from '@weighbridge/core/errors';
import { type Command, CommanderError, Option } from 'commander';
import type { CommandSpec, OptionValues } from './command.js';
import { COMMANDS } from './command-list.js';
import { commandWords } from './command-words.js';
import type { GlobalFlags } from './global-flags.js';
import { helpCommand, helpTail } from './help-command.js';
import { plainCommand } from './plain-command.js';
import { usage } from './usage.js';
import { VERSION } from './version.js';

export interface ParsedLine {
  readonly spec: CommandSpec;
  readonly flags: GlobalFlags;
  readonly args: readonly string[];
  readonly options: OptionValues;
}

const GLOBAL_OPTIONS: readonly (readonly [flags: string, about: string])[] = [
  ['--json', 'print one JSON object on stdout, for refusals too'],
  ['--quiet', 'print nothing on stderr but refusals'],
  ['--home <dir>', 'the home folder (default: $WEIGHBRIDGE_HOME, else the XDG data folder)'],
  ['--config <file>', 'a YAML file with settings'],
  ['--progress <mode>', 'auto, bar, plain, json or none (default: auto)'],
  ['--no-color', 'no colors, as with NO_COLOR'],
  ['--lock-timeout <duration>', 'how long to wait for another writer of the home folder (default: 30s)'],
];

/**
 * Parses a command line. Help and version are printed here and give undefined.
 * @throws USAGE
 */
export function parseLine(argv: readonly string[]): ParsedLine | undefined {
  let parsed: ParsedLine | undefined;
  const program = buildProgram((line) => {
    parsed = line;
  });
  try {
    program.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    throw refusalOf(error.message, argv);
  }
  return parsed;
}

function buildProgram(found: (line: ParsedLine) => void): Command {
  const program = plainCommand('weighbridge')
    .description('Weighs model weights: nothing is loaded that was not registered, approved and proven byte for byte.')
    .version(VERSION, '--version', 'print the version')
    .helpCommand(false)
    .addHelpText('after', '\nRun `weighbridge COMMAND --help` for its options and examples.\n');
  addGlobals(program);
  for (const spec of COMMANDS) addCommand(program, spec, found);
  program.addCommand(helpCommand(program));
  return program;
}

function addCommand(program: Command, spec: CommandSpec, found: (line: ParsedLine) => void): void {
  const words = spec.name.split(' ');
  const parent = words.length === 1 ? program : group(program, words[0]!);
  const command = plainCommand(words.at(-1)!).description(spec.summary);
  parent.addCommand(command);
  for (const { usage, about } of spec.args ?? []) command.argument(usage, about);
  for (const { flags, about, repeatable, required } of spec.options ?? []) {
    const option = new Option(flags, about).makeOptionMandatory(required === true);
    if (repeatable === true) option.argParser((value: string, list: readonly string[] = []) => [...list, value]);
    command.addOption(option);
  }
  addGlobals(command, true);
  command.addHelpText('after', helpTail(spec));
  command.action(() => found(lineOf(spec, command)));
}

function lineOf(spec: CommandSpec, command: Command): ParsedLine {
  const { json, quiet, home, config, progress, lockTimeout, color: _, ...options } = command.optsWithGlobals();
  const flags = {
    json: json === true,
    quiet: quiet === true,
    home,
    config,
    progress: progress ?? 'auto',
    lockTimeout: lockTimeout ?? '30s',
  };
  return { spec, flags, args: command.args, options };
}

/** The first word of two: `bundle` of `bundle export`. */
function group(program: Command, name: string): Command {
  const known = program.commands.find((command) => command.name() === name);
  if (known !== undefined) return known;
  const members = COMMANDS.filter((spec) => spec.name.startsWith(`${name} `)).map((spec) => spec.name.split(' ')[1]);
  const command = plainCommand(name).description(members.join(', ')).helpCommand(false);
  program.addCommand(command);
  addGlobals(command, true);
  return command;
}

/** Global flags stand before or after the command, so that each command knows them too. */
function addGlobals(command: Command, grouped = false): void {
  if (grouped) command.optionsGroup('Global options:');
  for (const [flags, about] of GLOBAL_OPTIONS) command.addOption(new Option(flags, about));
}

/** What commander says, as a refusal of ours. */
function refusalOf(message: string, argv: readonly string[]): WeighbridgeError {
  const words = commandWords(argv).slice(0, 2);
  const known = COMMANDS.find(({ name }) => name === words.join(' ') || name === words[0]);
  const problem = message
    .replace(/^error: /, '')
    .replace('(outputHelp)', `a command is missing after ${['weighbridge', ...words].join(' ')}`);
  return usage(problem, `run \`weighbridge ${known === undefined ? '' : `${known.name} `}--help\``);
}
