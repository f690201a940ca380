import { Command } from 'commander';

/** A command of commander that throws instead of exiting and leaves what is said about faults to us. */
export function plainCommand(name: string): Command {
  return new Command(name)
    .enablePositionalOptions()
    .exitOverride()
    .showHelpAfterError(false)
    .configureOutput({
      writeErr: () => {},
      writeOut: (text) => process.stdout.write(text),
      getOutHasColors: () => false,
    });
}
