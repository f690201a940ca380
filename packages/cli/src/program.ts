import type { WeighbridgeError } from '@weighbridge/core/errors';
import { Command, CommanderError, Option } from 'commander';
import type { CommandSpec, OptionValues } from './command.js';
import { COMMANDS } from './command-list.js';
import { commandWords } from './command-words.js';
import type { GlobalFlags } from './global-flags.js';
import { ENVIRONMENT_HELP, EXIT_CODE_HELP } from './help-topics.js';
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
  const program = configure(new Command('weighbridge'))
    .description('Weighs model weights: nothing is loaded that was not registered, approved and proven byte for byte.')
    .version(VERSION, '--version', 'print the version')
    .helpCommand(false)
    .addHelpText('after', '\nRun `weighbridge COMMAND --help` for its options and examples.\n');
  addGlobals(program);
  for (const spec of COMMANDS) addCommand(program, spec, found);
  program.addCommand(topicCommand(program));
  return program;
}

/** `weighbridge help TOPIC`, `weighbridge help COMMAND`. */
function topicCommand(program: Command): Command {
  return configure(new Command('help'))
    .argument('[words...]', 'a command, `environment` or `exit-codes`')
    .description('show help; also `help environment` and `help exit-codes`')
    .action((words: string[]) => {
      if (words.join(' ') === 'environment') process.stdout.write(ENVIRONMENT_HELP);
      else if (words.join(' ') === 'exit-codes') process.stdout.write(EXIT_CODE_HELP);
      else findCommand(program, words).outputHelp();
      throw new CommanderError(0, 'commander.help', 'help');
    });
}

function findCommand(program: Command, words: readonly string[]): Command {
  return words.reduce((command, word) => {
    const found = command.commands.find((candidate) => candidate.name() === word);
    if (found === undefined)
      throw new CommanderError(1, 'commander.unknownCommand', `there is no command or topic ${words.join(' ')}`);
    return found;
  }, program);
}

function addCommand(program: Command, spec: CommandSpec, found: (line: ParsedLine) => void): void {
  const words = spec.name.split(' ');
  const parent = words.length === 1 ? program : group(program, words[0]!);
  const command = configure(parent.command(words.at(-1)!)).description(spec.summary);
  for (const { usage, about } of spec.args ?? []) command.argument(usage, about);
  for (const { flags, about, repeatable, required } of spec.options ?? []) {
    const option = new Option(flags, about).makeOptionMandatory(required === true);
    if (repeatable === true) option.argParser((value: string, list: readonly string[] = []) => [...list, value]);
    command.addOption(option);
  }
  addGlobals(command, true);
  command.addHelpText('after', helpTail(spec));
  command.action(() => {
    const { json, quiet, home, config, progress, lockTimeout, color: _, ...options } = command.optsWithGlobals();
    const flags = {
      json: json === true,
      quiet: quiet === true,
      home,
      config,
      progress: progress ?? 'auto',
      lockTimeout: lockTimeout ?? '30s',
    };
    found({ spec, flags, args: command.args, options });
  });
}

/** The first word of two: `bundle` of `bundle export`. */
function group(program: Command, name: string): Command {
  const known = program.commands.find((command) => command.name() === name);
  if (known !== undefined) return known;
  const members = COMMANDS.filter((spec) => spec.name.startsWith(`${name} `)).map((spec) => spec.name.split(' ')[1]);
  const command = configure(program.command(name)).description(members.join(', ')).helpCommand(false);
  addGlobals(command, true);
  return command;
}

function configure(command: Command): Command {
  return command
    .enablePositionalOptions()
    .exitOverride()
    .showHelpAfterError(false)
    .configureOutput({
      writeErr: () => {},
      writeOut: (text) => process.stdout.write(text),
      getOutHasColors: () => false,
    });
}

/** Global flags stand before or after the command, so that each command knows them too. */
function addGlobals(command: Command, grouped = false): void {
  if (grouped) command.optionsGroup('Global options:');
  for (const [flags, about] of GLOBAL_OPTIONS) command.addOption(new Option(flags, about));
}

function helpTail({ details = [], examples }: CommandSpec): string {
  const lines = [
    ...details,
    ...(details.length > 0 ? [''] : []),
    'Examples:',
    ...examples.map((line) => `  $ weighbridge ${line}`),
  ];
  return `\n${lines.join('\n')}\n`;
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
