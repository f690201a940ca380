import { COMMANDS } from './command-list.js';
import { commandWords } from './command-words.js';
import { usage } from './usage.js';

/** Commands that the contract names and this version has not: refused by name, never half done. */
export const LATER_COMMANDS: readonly string[] = [
  'scan',
  'license check',
  'namespace configure',
  'chain deploy',
  'export',
  'witness',
];

/** Refuses commands of a later version before any of their flags is looked at. @throws USAGE */
export function refuseLaterCommand(argv: readonly string[]): void {
  const words = commandWords(argv);
  const later = LATER_COMMANDS.find((name) => isNamed(name, words)) ?? laterGroup(words[0]);
  if (later === undefined) return;
  throw usage(
    `weighbridge ${later} is not there yet in this version`,
    'run `weighbridge --help` for the commands that there are',
  );
}

function isNamed(name: string, words: readonly string[]): boolean {
  return name.split(' ').every((word, index) => word === words[index]);
}

/** `delta` alone, or with a word that it will not have: its whole group is of a later version. */
function laterGroup(word: string | undefined): string | undefined {
  const isGroup = (names: readonly string[]): boolean => names.some((name) => name.startsWith(`${word} `));
  return isGroup(LATER_COMMANDS) && !isGroup(COMMANDS.map(({ name }) => name)) ? word : undefined;
}
