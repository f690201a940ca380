/** Control, format, private and unassigned characters, and those that break lines. */
const UNSAFE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** One line for a terminal, whoever wrote it: nothing in it moves the cursor or turns the line around. */
export function showLine(text: string): string {
  return text.replace(UNSAFE, (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`);
}

/** The same JSON in one line without any raw character that a terminal would obey. */
export function jsonLine(value: unknown): string {
  return JSON.stringify(value).replace(UNSAFE, (character) =>
    [...Array(character.length).keys()].map((at) => `\\u${unitAt(character, at)}`).join(''),
  );
}

function unitAt(character: string, at: number): string {
  return character.charCodeAt(at).toString(16).padStart(4, '0');
}
