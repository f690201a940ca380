import { type Command, CommanderError } from 'commander';
import type { CommandSpec } from './command.js';
import { ENVIRONMENT_HELP, EXIT_CODE_HELP } from './help-topics.js';
import { plainCommand } from './plain-command.js';

/** `weighbridge help TOPIC`, `weighbridge help COMMAND`. */
export function helpCommand(program: Command): Command {
  return plainCommand('help')
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

/** What stands below a command's options. */
export function helpTail({ details = [], examples }: CommandSpec): string {
  const lines = [
    ...details,
    ...(details.length > 0 ? [''] : []),
    'Examples:',
    ...examples.map((line) => `  $ weighbridge ${line}`),
  ];
  return `\n${lines.join('\n')}\n`;
}
