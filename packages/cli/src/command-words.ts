/** Global flags that take the next word as their value. */
const VALUE_FLAGS: ReadonlySet<string> = new Set(['--home', '--config', '--progress', '--lock-timeout']);

/** The words of a line that are no flags and no values of global flags, up to `--`: the command's name stands first. */
export function commandWords(argv: readonly string[]): string[] {
  return beforeOperands(argv).filter((word) => !word.startsWith('-'));
}

/** Whether a line asks for JSON; known before it is parsed, since a line that cannot be parsed is answered in JSON too. */
export function wantsJson(argv: readonly string[]): boolean {
  return beforeOperands(argv).includes('--json');
}

function beforeOperands(argv: readonly string[]): string[] {
  const end = argv.indexOf('--');
  const words = end === -1 ? argv : argv.slice(0, end);
  return words.filter((_, index) => !VALUE_FLAGS.has(words[index - 1] ?? ''));
}
